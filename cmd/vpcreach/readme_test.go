package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// console matches the blocks of README.md that show a session: each command after "$ ", and below it what it prints.
var console = regexp.MustCompile("(?s)```console\n(.*?)```")

// picture matches the blocks of README.md that show a drawing: a comment with the command, and below it what it prints.
var picture = regexp.MustCompile("(?s)<!-- (vpcreach path [^\n]* --format mermaid) -->\n```mermaid\n(.*?)```")

// TestReadme runs every command of README.md's sessions, one after the other in one new folder, and compares what it
// prints, standard error included. A line "..." stands for lines that are left out.
func TestReadme(t *testing.T) {
	readme, err := filepath.Abs("../../README.md") // the test leaves this folder
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	old := string(data)
	t.Chdir(t.TempDir())
	if !strings.Contains(old, "$ vpcreach demo --write "+stories[0].name+"\n") {
		t.Fatal("README.md does not write the demo's network, which its other sessions ask")
	}
	sessions := 0
	text := console.ReplaceAllStringFunc(old, func(block string) string {
		sessions++
		body := strings.TrimSuffix(strings.TrimPrefix(block, "```console\n"), "```")
		return "```console\n" + session(t, body) + "```"
	})
	pictures := 0
	text = picture.ReplaceAllStringFunc(text, func(block string) string {
		pictures++
		command := picture.FindStringSubmatch(block)[1]
		_, stdout, stderr := commandLine(t, "", strings.Fields(command)[1:]...)
		return "<!-- " + command + " -->\n```mermaid\n" + stdout + stderr + "```"
	})
	if sessions == 0 || pictures == 0 {
		t.Errorf("README.md shows %d sessions and %d pictures", sessions, pictures)
	}
	if text == old {
		return
	}
	if !*update {
		t.Errorf("README.md shows something else than the program prints; go test -update rewrites it (-README +program):\n%s", cmp.Diff(old, text))
		return
	}
	if err := os.WriteFile(readme, []byte(text), 0o644); err != nil {
		t.Error(err)
	}
}

// session runs the commands of one block and returns it with what they print.
func session(t *testing.T, body string) string {
	t.Helper()
	var out strings.Builder
	for _, part := range strings.Split("\n"+body, "\n$ ")[1:] {
		command, shown, _ := strings.Cut(part, "\n")
		words, err := split(command)
		if err != nil || len(words) < 2 || words[0] != "vpcreach" {
			t.Errorf("README.md: %q is no command of vpcreach", command)
			continue
		}
		_, stdout, stderr := commandLine(t, "", words[1:]...)
		shown = strings.TrimSuffix(shown, "\n")
		printed := strings.TrimSuffix(stdout+stderr, "\n")
		if elided(shown, printed) {
			printed = shown
		}
		out.WriteString("$ " + command + "\n" + printed + "\n")
	}
	return out.String()
}

// elided says whether shown is printed with runs of lines replaced by "...".
func elided(shown, printed string) bool {
	want, have := strings.Split(shown, "\n"), strings.Split(printed, "\n")
	if !slices.Contains(want, "...") {
		return shown == printed
	}
	all := pieces(want)
	for i, piece := range all {
		at := 0
		if i == len(all)-1 && len(piece) > 0 { // what follows the last "..." is the end
			at = max(0, len(have)-len(piece))
		}
		for at+len(piece) <= len(have) && !slices.Equal(have[at:at+len(piece)], piece) {
			at++
		}
		if at+len(piece) > len(have) || (i == 0 && at > 0) {
			return false
		}
		have = have[at+len(piece):]
	}
	return len(have) == 0 || want[len(want)-1] == "..."
}

// pieces are the runs of lines between "..."; the first may be empty.
func pieces(lines []string) [][]string {
	out := [][]string{nil}
	for _, line := range lines {
		if line == "..." {
			out = append(out, nil)
			continue
		}
		out[len(out)-1] = append(out[len(out)-1], line)
	}
	return out
}

func TestElided(t *testing.T) {
	const printed = "a\nb\n\nc\nd"
	for shown, want := range map[string]bool{
		printed: true, "a\n...\nd": true, "a\n...": true, "...\nd": true, "a\nb\n...\nd": true, "a\n...\nc\nd": true,
		"": false, "a": false, "a\n...\nb": false, "b\n...": false, "a\n...\nx\n...": false, "a\nd": false, "a\n...\na\nb\n\nc\nd": false,
	} {
		if got := elided(shown, printed); got != want {
			t.Errorf("elided(%q) is %v, want %v", shown, got, want)
		}
	}
}

// fakeCLI is a script that answers as the AWS CLI would, from the files of a folder.
func fakeCLI(bash, answers string) string {
	return `#!` + bash + `
case "$*" in
"sts get-caller-identity "*) echo 123456789012 ;;
*"--query PrefixLists"*) echo pl-0123456789abcdef0 ;;
*"--query Vpcs"*) echo vpc-05409a00000000001 ;;
*describe-vpc-attribute*) echo '{"VpcId":"vpc-05409a00000000001","EnableDnsSupport":{"Value":true}}' ;;
*get-managed-prefix-list-entries*) echo '{"Entries":[{"Cidr":"198.51.100.0/24"}]}' ;;
"ec2 describe-managed-prefix-lists "*) echo '{"PrefixLists":[{"PrefixListId":"pl-0123456789abcdef0","PrefixListName":"partners"}]}' ;;
"ec2 describe-prefix-lists "*) echo '{"PrefixLists":[]}' ;;
"ec2 describe-network-acls "*) echo denied >&2; exit 254 ;;
*"--query VpnGateways"*) echo vgw-1 ;;
*"--query directConnectGateways"*) echo dxgw-1 ;;
"ec2 describe-vpn-gateways "*) echo '{"VpnGateways":[{"VpnGatewayId":"vgw-1","State":"available","VpcAttachments":[{"VpcId":"vpc-05409a00000000001","State":"attached"}]}]}' ;;
"ec2 describe-customer-gateways "*) echo '{"CustomerGateways":[]}' ;;
"ec2 describe-vpn-connections "*"{VpnConnections: VpnConnections[].{VpnConnectionId: VpnConnectionId, "*) echo '{"VpnConnections":[{"VpnConnectionId":"vpn-1","State":"available",
	"CustomerGatewayId":null,"VpnGatewayId":"vgw-1","TransitGatewayId":null,"Routes":[{"DestinationCidrBlock":"10.50.0.0/16","State":"available"}],"VgwTelemetry":null,"Tags":null,
	"Options":{"StaticRoutesOnly":true,"TunnelInsideIpVersion":null,"LocalIpv4NetworkCidr":null,"RemoteIpv4NetworkCidr":"0.0.0.0/0"}}]}' ;;
"directconnect describe-virtual-interfaces "*"{virtualInterfaces: virtualInterfaces[].{virtualInterfaceId: virtualInterfaceId, "*)
	echo '{"virtualInterfaces":[{"virtualInterfaceId":"dxvif-1","virtualInterfaceType":"private","virtualGatewayId":null,"directConnectGatewayId":"dxgw-1","bgpPeers":null}]}' ;;
"directconnect describe-direct-connect-gateways "*) echo '{"directConnectGateways":[{"directConnectGatewayId":"dxgw-1"}]}' ;;
"directconnect describe-direct-connect-gateway-associations "*) echo '{"directConnectGatewayAssociations":[]}' ;;
"directconnect describe-direct-connect-gateway-attachments "*) echo '{"directConnectGatewayAttachments":[]}' ;;
"ec2 "*) cat '` + answers + `'/$2.json ;;
*) exit 2 ;;
esac
`
}

// TestReadmeLoopTakesASnapshot runs README.md's loop with a stand-in for the AWS CLI that answers from the demo
// network, denies one call, and knows one prefix list.
func TestReadmeLoopTakesASnapshot(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash here")
	}
	data, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(data), "<!-- snapshot-loop -->\n```bash\n")
	loop, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatal("README.md has no loop under <!-- snapshot-loop -->")
	}
	answers, err := filepath.Abs("demo/shop/123456789012/eu-west-1")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "aws"), []byte(fakeCLI(bash, answers)), 0o755); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(bash, "-c", loop)
	c.Dir = dir
	c.Env = append(os.Environ(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("the loop: %v\n%s", err, out)
	}
	taken := filepath.Join(dir, "snapshot")
	status, stdout, stderr := commandLine(t, "", "show", taken)
	if status != 0 || !strings.Contains(stdout, "describe-network-acls") || strings.Contains(stdout, "describe-subnets") || strings.Contains(stdout, "not used") {
		t.Errorf("show: status %d, want the ACLs to be the only thing missing:\n%s%s", status, stdout, stderr)
	}
	if _, stdout, _ = commandLine(t, "", "show", taken, "partners"); !strings.Contains(stdout, "198.51.100.0/24") {
		t.Errorf("the prefix list's entries are not known:\n%s", stdout)
	}
	if status, stdout, _ := commandLine(t, "", "path", taken, "web-1", "169.254.169.253", "udp/53"); status != statusReachable || strings.Contains(stdout, "assumed") {
		t.Errorf("status %d, want the resolver to answer, and that its VPC has DNS support to be known:\n%s", status, stdout)
	}
	if status, stdout, _ := commandLine(t, "", "show", taken, "vgw-1"); status != 0 || !strings.Contains(stdout, "10.50.0.0/16") {
		t.Errorf("status %d, want what the virtual private gateway knows:\n%s", status, stdout)
	}
	if status, stdout, _ := commandLine(t, "", "path", taken, "web-1", "app-1", "tcp/8080"); status != statusUnknown {
		t.Errorf("status %d without ACLs, want unknown:\n%s", status, stdout)
	}
}

// TestDemoCanBeRepaired does what the demo suggests: let the app tier's group into the database's.
func TestDemoCanBeRepaired(t *testing.T) {
	shop := filepath.Join(t.TempDir(), "shop")
	if status, _, stderr := commandLine(t, "", "demo", "--write", shop); status != 0 {
		t.Fatal(stderr)
	}
	file := filepath.Join(shop, "123456789012", "eu-west-1", "describe-security-groups.json")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	forgotten := regexp.MustCompile(`(from the days when [^"]*",\s*"UserId": "123456789012",\s*"GroupId": ")sg-05409a00000000010`)
	mended := forgotten.ReplaceAll(data, []byte("${1}sg-05409a00000000020"))
	if string(mended) == string(data) {
		t.Fatal("the database's rule is not where the demo says")
	}
	if err := os.WriteFile(file, mended, 0o644); err != nil {
		t.Fatal(err)
	}
	if status, stdout, stderr := commandLine(t, "", "path", shop, "app-1", "db-1", "tcp/5432"); status != statusReachable {
		t.Errorf("status %d after the repair:\n%s%s", status, stdout, stderr)
	}
}
