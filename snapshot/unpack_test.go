package snapshot

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tree writes files below dir.
func tree(t *testing.T, dir string, f files) string {
	t.Helper()
	for p, text := range f {
		p = filepath.Join(dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestPackingWhatWasUnpackedGivesTheSameBytes(t *testing.T) {
	src := tree(t, t.TempDir(), files{
		"111122223333/eu-west-1/all.json": `{"Vpcs":[{"VpcId":"vpc-1","PreSharedKey":"s3cret-s3cret"}],"Subnets":[]}`,
		"111122223333/eu-west-1/e.json":   `{"PrefixListId":"pl-00000001","Entries":[{"Cidr":"10.0.0.0/8"}]}`,
		"notes/n.json":                    `{"Notes":["n"]}`,
	})
	dir := t.TempDir()
	first, second, folder := filepath.Join(dir, "1.zip"), filepath.Join(dir, "2.zip"), filepath.Join(dir, "deep", "folder")
	if _, err := Pack(src, first, "test", Options{}); err != nil {
		t.Fatal(err)
	}
	if _, err := Unpack(first, folder, "test", false, Options{}); err != nil {
		t.Fatal(err)
	}
	if _, err := Pack(folder, second, "test", Options{}); err != nil {
		t.Fatal(err)
	}
	a, _ := os.ReadFile(first)
	b, _ := os.ReadFile(second)
	if len(a) == 0 || string(a) != string(b) {
		diff(t, "packed, unpacked, packed", unpacked(t, b), unpacked(t, a))
	}
	seen := 0
	err := filepath.WalkDir(folder, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if seen++; d.IsDir() {
			want = 0o700
		} else if text, _ := os.ReadFile(p); strings.Contains(string(text), "s3cret") {
			t.Errorf("%s holds a secret", p)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", p, info.Mode().Perm(), want)
		}
		return nil
	})
	if err != nil || seen < 6 {
		t.Errorf("%d files and folders (%v)", seen, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*", ".*")); len(left) > 0 {
		t.Errorf("Unpack leaves %v", left)
	}
}

func TestUnpackReplacesOnlyASnapshot(t *testing.T) {
	src := tree(t, t.TempDir(), files{"111122223333/eu-west-1/v.json": `{"Vpcs":[{"VpcId":"vpc-1"}]}`})
	const ours = `{"format":"vpcreach/snapshot/1","calls":[{"service":"ec2","operation":"describe-vpcs","state":"complete","file":"a/v.json"}]}`
	for name, tt := range map[string]struct {
		there   files
		replace bool
		want    string // of the error
	}{
		"an empty folder":                      {files{}, false, ""},
		"a snapshot":                           {files{"manifest.json": ours, "a/v.json": "{}"}, false, "not empty"},
		"a snapshot, by force":                 {files{"manifest.json": ours, "a/v.json": "{}", "other/x.json": "{}", "a/.v.json.part": ""}, true, ""},
		"a snapshot and notes, by force":       {files{"manifest.json": ours, "a/notes.txt": "mine"}, true, "a/notes.txt, which is no part"},
		"a folder of something else, by force": {files{"thesis.tex": "mine"}, true, "holds no snapshot"},
		"another tool's manifest, by force":    {files{"manifest.json": `{"name":"app"}`}, true, "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			dst := tree(t, filepath.Join(t.TempDir(), "out"), tt.there)
			if err := os.MkdirAll(dst, 0o700); err != nil {
				t.Fatal(err)
			}
			_, err := Unpack(src, dst, "test", tt.replace, Options{})
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				s, err := Open(dst, Options{})
				if err != nil || len(s.Files) != 2 {
					t.Errorf("%+v, %v", s, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			for p, text := range tt.there {
				if got, _ := os.ReadFile(filepath.Join(dst, p)); string(got) != text {
					t.Errorf("%s is gone", p)
				}
			}
		})
	}
}
