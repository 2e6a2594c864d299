package snapshot_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vpcreach/vpcreach/snapshot"
)

// Two runs into one folder would take each other's files for half written ones.
func TestOneWriterAtATime(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	first, _, err := snapshot.ContinueFolderWriter(dir, "test")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := snapshot.ContinueFolderWriter(dir, "test"); err == nil || !strings.Contains(err.Error(), "another run is writing into it") {
		t.Errorf("a second run beside the first: %v, want it refused", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, ".lock")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the lock is still there: %v", err)
	}
	again, _, err := snapshot.ContinueFolderWriter(dir, "test")
	if err != nil {
		t.Fatalf("a run after the first: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}
