package snapshot

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// lockName is the file that a run which may be continued holds locked, so that two runs do not write into one folder. The system
// gives the lock back when a run is killed.
const lockName = ".lock"

// folderLock keeps other runs out of a folder.
type folderLock struct{ file *flock.Flock }

func lockFolder(dir string) (*folderLock, error) {
	f := flock.New(filepath.Join(dir, lockName), flock.SetPermissions(0o600))
	switch ok, err := f.TryLock(); {
	case err != nil:
		return nil, errors.New("cannot be locked: " + reason(err))
	case !ok:
		_ = f.Close()
		return nil, errors.New("another run is writing into it: wait for its end, or name another folder")
	}
	return &folderLock{f}, nil
}

// release removes the file before it gives the lock back: whoever opened it before sees it locked, and whoever comes later makes a
// new one. Where an open file cannot be removed it is removed afterwards.
func (l *folderLock) release() {
	removed := os.Remove(l.file.Path())
	_ = l.file.Close()
	if removed != nil {
		_ = os.Remove(l.file.Path())
	}
}
