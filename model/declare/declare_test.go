package declare

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestNetworksAreReadFromYAMLAndJSON(t *testing.T) {
	want := []Network{
		{Name: "office", CIDRs: []netip.Prefix{netip.MustParsePrefix("10.50.0.0/16"), netip.MustParsePrefix("2001:db8::/32")}, Behind: []string{"vgw-1"}},
		{Name: "mainframe", CIDRs: []netip.Prefix{netip.MustParsePrefix("192.168.7.7/32")}, Behind: []string{"vpn-1", "dx-1"}},
	}
	for form, text := range map[string]string{
		"YAML": "networks:\n- name: office\n  cidrs: [10.50.0.0/16, \"2001:db8::/32\"]\n  behind: vgw-1\n- name: mainframe\n  cidrs: 192.168.7.7\n  behind:\n  - vpn-1\n  - dx-1\n",
		"JSON": `{"networks": [{"name": "office", "cidrs": ["10.50.0.0/16", "2001:db8::/32"], "behind": ["vgw-1"]},
			{"name": "mainframe", "cidrs": ["192.168.7.7"], "behind": ["vpn-1", "dx-1"]}]}`,
	} {
		got, err := Read("sites", strings.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", form, err)
		}
		if d := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Prefix{}), cmpopts.IgnoreFields(Network{}, "At")); d != "" {
			t.Errorf("%s (-want +got):\n%s", form, d)
		}
	}
}

func TestBadFilesSayWhereAndWhat(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "sites.yaml: the file is empty",
		"networks: []":           "sites.yaml: no networks",
		"nets:\n- name: a":       "sites.yaml:1: field nets not found",
		"networks:\n- nam: a":    `sites.yaml:2: "nam" is not known`,
		"networks:\n- office":    "sites.yaml:2: a network is written as name, cidrs and behind",
		"networks: 7":            "sites.yaml:1: cannot unmarshal",
		"networks:\n- name: [a]": "sites.yaml:2: cannot unmarshal",
		"networks:\n- name: a\n  cidrs:\n  - 10.0.0.0/8\n  - here":            `sites.yaml:5: "here" is neither a CIDR nor an address`,
		"networks:\n- name: a\n  cidrs: 10.0.0.1/8":                           "sites.yaml:3: 10.0.0.1/8 has host bits set: write 10.0.0.0/8",
		"networks:\n- name: a\n  behind: {a: b}":                              "sites.yaml:3: a list of texts is expected",
		"networks:\n- name: a\n  behind: [[a]]":                               "sites.yaml:3: a list of texts is expected",
		"networks:\n\t- name: a":                                              "sites.yaml:2: ",
		"networks:\n- name: a\n---\nnetworks: []":                             "sites.yaml: more than one document",
		`{"networks": [{"name": "a", "cidrs": ["10.0.0.0/8"],`:                "sites.yaml:1: ",
		"networks:\n- cidrs: 10.0.0.0/8\n  behind: vgw-1":                     `sites.yaml:2: a network cannot be called ""`,
		"networks:\n- name: internet\n  cidrs: 10.0.0.0/8\n  behind: vgw-1":   `sites.yaml:2: a network cannot be called "internet"`,
		"networks:\n- name: tag:Name=a\n  cidrs: 10.0.0.0/8\n  behind: vgw-1": `sites.yaml:2: a network cannot be called "tag:Name=a"`,
		"networks:\n- name: 10.0.0.0/8\n  cidrs: 10.0.0.0/8\n  behind: vgw-1": `sites.yaml:2: a network cannot be called "10.0.0.0/8"`,
		"networks:\n- name: a\n  behind: vgw-1":                               `sites.yaml:2: network "a" has no cidrs`,
		"networks:\n- name: a\n  cidrs: 10.0.0.0/8":                           `sites.yaml:2: network "a" is behind nothing`,
		strings.Repeat("#", maxFile+1):                                        "sites.yaml: longer than",
	} {
		_, err := Read("sites.yaml", strings.NewReader(text))
		if err == nil {
			t.Errorf("%.40q is read", text)
			continue
		}
		if !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.40q: error %q, want %q on one line", text, err, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("networks:\n- name: office\n  cidrs: [10.50.0.0/16]\n  behind: vgw-1\n")
	f.Add(`{"networks":[{"name":"a","cidrs":["::/0"],"behind":["b"]}]}`)
	f.Add("a: &a [*a]")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := Read("x", strings.NewReader(text))
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("the error has several lines: %q", err)
		}
		if err == nil && len(list) == 0 {
			t.Error("neither networks nor an error")
		}
	})
}
