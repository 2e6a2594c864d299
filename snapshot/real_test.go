package snapshot

import (
	"os"
	"path/filepath"
	"testing"
)

// realAnswers lie beside the repository where the project is built, never in it.
const realAnswers = "../../shared/real"

// Answers that nobody here wrote are understood to the last file, and packing them loses nothing.
func TestRealAnswers(t *testing.T) {
	if _, err := os.Stat(realAnswers); err != nil {
		t.Skip("saved answers of real accounts are not here:", err)
	}
	for name, want := range map[string]struct {
		part                         string
		interfaces, instances, named int
	}{
		"nat-gateway":          {"554773406868 us-east-2", 4, 3, 0},
		"vpc-endpoint-gateway": {"554773406868 us-east-1", 2, 2, 0},
		"transit-gateway":      {"554773406868 us-east-2", 5, 4, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(filepath.Join(realAnswers, name), Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range s.Files {
				if f.Use != Used && f.Use != NotNeeded || f.Problem != nil || len(f.Ignored) > 0 {
					t.Errorf("%+v", f)
				}
			}
			p := onlyPart(t, s)
			diff(t, "part", p.Name(), want.part)
			diff(t, "interfaces, instances, named", []int{len(p.NetworkInterfaces), len(p.Instances), len(p.Named)},
				[]int{want.interfaces, want.instances, want.named})
			for op, c := range p.Calls {
				if c.State != Complete {
					t.Errorf("%s is %s", op, c.State)
				}
			}
			archive := filepath.Join(t.TempDir(), "real.zip")
			if _, err := Pack(filepath.Join(realAnswers, name), archive, "test", Options{}); err != nil {
				t.Fatal(err)
			}
			packed, err := Open(archive, Options{})
			if err != nil {
				t.Fatal(err)
			}
			sameFacts(t, packed, s)
		})
	}
}
