package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"io/fs"
	"testing"

	"github.com/vpcreach/vpcreach/model"
	"github.com/vpcreach/vpcreach/snapshot"
)

//go:embed demo
var fuzzNetwork embed.FS

// FuzzBatchLine holds the reader of questions to its promise for any line: no panic, one JSON object or nothing, and a
// status that says what the object is.
func FuzzBatchLine(f *testing.F) {
	sub, err := fs.Sub(fuzzNetwork, "demo/shop")
	if err != nil {
		f.Fatal(err)
	}
	s, err := snapshot.OpenFS(sub, snapshot.Options{})
	if err != nil {
		f.Fatal(err)
	}
	n := model.Build(s)
	for _, seed := range []string{"", "# a comment", "web-1 app-1 tcp/8080", "internet 10.0.0.0/16 any", "app-1 db-1 tcp/5432 reading=aws",
		"10.0.2.10 vpc-05409a00000000001/10.0.3.10 icmp/8", `"web-1" 'app-1' tcp source-address=10.0.9.9`, "tag:Name=web-1 igw-05409a00000000001 50",
		"::/0 ::1", "web-1 web-1", "web-1 0.0.0.0/0 udp/53-1", "arn:aws:ec2:eu-west-1:123456789012:instance/i-05409a00000000010 internet"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		var out bytes.Buffer
		status, answered, err := answerLine(&out, n, question{}, line, 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !answered {
			if out.Len() > 0 {
				t.Fatalf("%q: no question, but %q", line, out.String())
			}
			return
		}
		var object struct{ Schema, Verdict, Error string }
		if err := json.Unmarshal(out.Bytes(), &object); err != nil {
			t.Fatalf("%q: %v in %q", line, err, out.String())
		}
		if bytes.Count(bytes.TrimSpace(out.Bytes()), []byte("\n")) > 0 {
			t.Errorf("%q: more than one line: %q", line, out.String())
		}
		if wrong := status == statusWrong; wrong != (object.Error != "") || wrong == (object.Verdict != "") {
			t.Errorf("%q: status %d with %q", line, status, out.String())
		}
	})
}
