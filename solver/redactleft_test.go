package solver

import (
	"bytes"
	"encoding/json"
	"io"
	"net/netip"
	"regexp"
	"strings"
	"testing"
)

// secretsOf gathers from answers, with no help of what redacts them, what may not be left of them: text to what it is.
func secretsOf(t *testing.T, files map[string][]byte) map[string]string {
	t.Helper()
	x := gathering{found: map[string]string{}, kept: map[string]bool{}}
	for _, data := range files {
		dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\uFEFF"))))
		for {
			var v any
			if err := dec.Decode(&v); err == io.EOF {
				break
			} else if err != nil {
				return x.found // a damaged file, which the copy does not have
			}
			x.value("", "", v)
		}
	}
	for text := range x.kept {
		delete(x.found, text)
	}
	return x.found
}

type gathering struct {
	found map[string]string
	kept  map[string]bool // ranges and words of AWS's own, and what they hold
}

var (
	account = regexp.MustCompile(`[0-9]{12}`)
	nameKey = regexp.MustCompile(`^(GroupName|Description|.*[a-z]Identifier|.*Name|Name)$`)
	idKey   = regexp.MustCompile(`(Id|Ids|Identifier|Arn|ARN|Arns|^id)$`)
	// Texts of AWS's own: services, zones, a Region as a zone's group, what it calls interfaces.
	awsWords = regexp.MustCompile(`^(com\.amazonaws\..*|default|amazon.*|[a-z]{2,4}[0-9](-[a-z]+[0-9])?-az[0-9]|us-east-1|Primary network interface|RDSNetworkInterface)$`)
	// What AWS names: places, services, kinds.
	awsName = regexp.MustCompile(`^(ZoneName|RegionName|ServiceName|DNSName|PrivateDnsName|PublicDnsName|.*DnsName|ServiceNames|DeviceName|RootDeviceName)$`)
)

func (x *gathering) value(parent, key string, v any) {
	switch v := v.(type) {
	case map[string]any:
		if key == "Tags" || key == "TagSet" {
			if text, _ := v["Value"].(string); len(text) > 8 {
				x.found[text] = "tag value"
			}
			return
		}
		for k, inner := range v {
			x.value(key, k, inner)
		}
	case []any:
		for _, inner := range v {
			x.value(parent, key, inner)
		}
	case string:
		x.text(parent, key, v)
	}
}

func (x *gathering) text(parent, key, s string) {
	for _, id := range account.FindAllString(s, -1) {
		if len(s) == 12 || strings.HasPrefix(s, "arn:") {
			x.found[id] = "account"
		}
	}
	if a, err := netip.ParseAddr(s); err == nil && isOfInternet(a) {
		x.found[s] = "public address"
		return
	}
	if p, err := netip.ParsePrefix(s); err == nil {
		if key == "Cidrs" {
			x.kept[p.Addr().String()] = true
		} else if p.Bits() > 0 && p.Bits() == p.Addr().BitLen() && isOfInternet(p.Addr()) {
			x.found[p.Addr().String()] = "public address"
		}
		return
	}
	switch {
	case awsWords.MatchString(s):
	case idKey.MatchString(key) && strings.Contains(s, "-"):
		x.found[s[strings.LastIndexAny(s, "/:")+1:]] = "id"
	case nameKey.MatchString(key) && !awsName.MatchString(key) && len(s) > 8 && parent != "State":
		x.found[s] = "name"
	}
}

func isOfInternet(a netip.Addr) bool {
	if a.Is6() {
		return netip.MustParsePrefix("2000::/3").Contains(a)
	}
	return a.IsGlobalUnicast() && !a.IsPrivate() && !netip.MustParsePrefix("100.64.0.0/10").Contains(a) && !netip.MustParsePrefix("0.0.0.0/8").Contains(a)
}

// nothingLeft searches the copy's bytes and names for everything that may not be left.
func nothingLeft(t *testing.T, before, after map[string][]byte) {
	t.Helper()
	secrets := secretsOf(t, before)
	words := map[string]bool{} // of the copy: whole words and whole texts, and addresses in host names
	word := regexp.MustCompile(`[A-Za-z0-9_-]+(?:[.:][A-Za-z0-9_:-]+)*`)
	for name, data := range after {
		for _, text := range []string{name, string(data)} {
			for _, w := range word.FindAllString(text, -1) {
				words[w] = true
				for _, part := range strings.FieldsFunc(w, func(r rune) bool { return r == '.' || r == ':' }) {
					words[part] = true
				}
			}
			for _, whole := range strings.Split(text, `"`) {
				words[whole] = true
			}
		}
	}
	for s, what := range secrets {
		dashed := strings.ReplaceAll(s, ".", "-")
		if words[s] || what == "public address" && (words["ec2-"+dashed] || words["ip-"+dashed]) {
			t.Errorf("%s %q is left", what, s)
		}
	}
	if len(secrets) == 0 {
		t.Error("nothing to search for: the test gathers nothing")
	}
}
