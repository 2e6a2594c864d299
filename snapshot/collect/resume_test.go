package collect

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vpcreach/vpcreach/snapshot"
)

// a network of many small answers: VPCs, an attribute each, and subnets in pages.
func manyAnswers() answers {
	slowly := func(form func(string) string, n int, answer func(func(string) string, int) (int, string)) (int, string) {
		time.Sleep(2 * time.Millisecond)
		return answer(form, n)
	}
	return answers{
		"DescribeVpcs": func(form func(string) string, n int) (int, string) { return slowly(form, n, vpcs(60)) },
		"DescribeVpcAttribute": func(form func(string) string, n int) (int, string) {
			return slowly(form, n, func(func(string) string, int) (int, string) {
				return 200, ec2Answer("DescribeVpcAttribute", "<vpcId>"+form("VpcId")+"</vpcId><enableDnsSupport><value>true</value></enableDnsSupport>")
			})
		},
		"DescribeSubnets": func(form func(string) string, n int) (int, string) {
			return slowly(form, n, func(func(string) string, int) (int, string) {
				next := map[string]string{"": "1", "1": "2", "2": ""}[form("NextToken")]
				item := fmt.Sprintf("<subnetSet><item><subnetId>subnet-0000000%s</subnetId><vpcId>vpc-00000001</vpcId></item></subnetSet>", "a"+form("NextToken"))
				if next != "" {
					item += "<nextToken>" + next + "</nextToken>"
				}
				return 200, ec2Answer("DescribeSubnets", item)
			})
		},
		"DescribeNetworkAcls": func(func(string) string, int) (int, string) {
			return 403, ec2Error("UnauthorizedOperation", "no")
		},
	}
}

var manyOperations = []snapshot.Operation{"describe-vpcs", "describe-vpc-attribute", "describe-subnets", "describe-network-acls"}

// childOut is the environment variable that makes the test binary take a snapshot and do nothing else.
const childOut = "VPCREACH_TEST_TAKE"

// TestMain lets a test start itself as a process that it can kill.
func TestMain(m *testing.M) {
	if out := os.Getenv(childOut); out != "" {
		var rows []*Call
		for _, c := range Table() {
			for _, op := range manyOperations {
				if c.op() == op {
					rows = append(rows, c)
				}
			}
		}
		_, err := Take(context.Background(), Options{Out: out, Tool: "vpcreach test", Resume: true, Backoff: time.Millisecond, Rate: 1000, Parallel: 2, rows: rows})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestKilled: whenever a run is killed, its folder can be read, what is in it is true, and going on ends with the same snapshot as a
// run that nobody disturbed.
func TestKilled(t *testing.T) {
	answering(t, manyAnswers())
	clean := quick(t, rowsOf(t, manyOperations...)...)
	_, whole := taken(t, clean)
	random := rand.New(rand.NewPCG(1, 2))
	killed := 0
	for i := range 10 {
		o := quick(t, rowsOf(t, manyOperations...)...)
		o.Out, o.Resume = filepath.Join(t.TempDir(), fmt.Sprint("killed", i)), true
		command := exec.Command(os.Args[0])
		command.Env = append(os.Environ(), childOut+"="+o.Out)
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		for range 200 { // until it writes
			if there, _ := os.ReadDir(o.Out); len(there) > 0 {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		time.Sleep(time.Duration(random.IntN(300)) * time.Millisecond)
		_ = command.Process.Kill()
		if err := command.Wait(); err != nil {
			killed++
		}
		if files := readAll(t, o.Out); len(files) > 1 || files[".journal"] == "" && len(files) > 0 {
			s, err := snapshot.Open(o.Out, snapshot.Options{})
			if err != nil && !strings.Contains(err.Error(), "no files") && !strings.Contains(err.Error(), "nothing") {
				t.Errorf("killed run %d cannot be read: %v", i, err)
			}
			if err == nil {
				onlyTruth(t, whole, s)
			}
		}
		if _, err := Take(t.Context(), o); err != nil {
			t.Fatalf("going on after kill %d: %v", i, err)
		}
		sameSnapshots(t, clean.Out, o.Out, everything)
	}
	if killed == 0 {
		t.Error("no run was killed before its end")
	}
}

// onlyTruth: what a part of a snapshot says is complete has as many records as the whole one.
func onlyTruth(t *testing.T, whole, part *snapshot.Snapshot) {
	t.Helper()
	for _, p := range part.Parts {
		for op, c := range p.Calls {
			if w := whole.Parts[0].Call(op); c.State == snapshot.Complete && (w.State != snapshot.Complete || w.Items != c.Items) {
				t.Errorf("%s is complete with %d records, the whole snapshot has it %s with %d", op, c.Items, w.State, w.Items)
			}
		}
	}
}

// TestResumeAsksOnlyForWhatIsMissing: a call that was denied is asked again, one that was answered is not; an answer is not given up.
func TestResumeAsksOnlyForWhatIsMissing(t *testing.T) {
	all := manyAnswers()
	f := answering(t, all)
	o := quick(t, rowsOf(t, manyOperations...)...)
	first, _ := taken(t, o)
	if !first.Partial() {
		t.Fatal("the first run is complete, want one call denied")
	}
	if _, err := Take(t.Context(), o); err == nil || !strings.Contains(err.Error(), "--resume") {
		t.Errorf("a second run into the same folder: %v, want to be told of --resume", err)
	}
	f.Close()
	all["DescribeNetworkAcls"] = func(func(string) string, int) (int, string) {
		return 200, ec2Answer("DescribeNetworkAcls", "<networkAclSet/>")
	}
	f = answering(t, all)
	o.Resume = true
	second, s := taken(t, o)
	if second.Partial() || second.Kept != 62 {
		t.Errorf("partial %v, %d calls kept, want complete with 62", second.Partial(), second.Kept)
	}
	if f.asked["DescribeNetworkAcls"] != 1 || f.asked["DescribeVpcs"]+f.asked["DescribeSubnets"]+f.asked["DescribeVpcAttribute"] != 0 {
		t.Errorf("asked %v, want the network ACLs only", f.asked)
	}
	if stateOf(s, "describe-network-acls").State != snapshot.Complete {
		t.Error("the network ACLs are still not there")
	}
}

// TestInterrupted: a context that ends leaves a snapshot of what was answered.
func TestInterrupted(t *testing.T) {
	answering(t, manyAnswers())
	o := quick(t, rowsOf(t, manyOperations...)...)
	ctx, cancel := context.WithCancel(t.Context())
	o.Progress = func(p Progress) {
		if p.Done > 5 {
			cancel()
		}
	}
	r, err := Take(ctx, o)
	if err != nil || !r.Interrupted || !r.Partial() {
		t.Fatalf("%+v %v, want interrupted", r, err)
	}
	if _, err := snapshot.Open(o.Out, snapshot.Options{}); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(o.Out, "manifest.json")); err != nil {
		t.Error("no manifest after a clean end:", err)
	}
	o.Resume, o.Progress = true, nil
	clean := quick(t, rowsOf(t, manyOperations...)...)
	taken(t, clean)
	taken(t, o)
	sameSnapshots(t, clean.Out, o.Out, everything)
}
