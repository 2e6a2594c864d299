package explain

import (
	"bytes"
	"strings"
	"testing"

	"github.com/vpcreach/vpcreach/model"
)

// ENI-11 whose interface it is stands in show, in JSON and in a refusal, with the name that the service's answers give.
func TestOwnersInOutputs(t *testing.T) {
	shop := shops(t)[len(shops(t))-1]
	if shop.Title != "services" {
		t.Fatalf("%s", shop.Title)
	}
	n := shopNetwork(t, shop)
	for text, want := range map[string]string{"eni-db": "RDS orders-db", "orders-db": "RDS orders-db", "eni-old": "RDS", "lambda/place-order": "Lambda function place-order"} {
		r, err := Find(n, text, model.Scope{})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		var b bytes.Buffer
		if err := ShowResource(&b, n, r, ShowOptions{}); err != nil {
			t.Fatal(err)
		}
		found := ""
		for line := range strings.Lines(b.String()) {
			if rest, ok := strings.CutPrefix(line, "  owner "); ok {
				found = strings.TrimSpace(rest)
			}
		}
		if found != want {
			t.Errorf("show %s: owner %q, want %q", text, found, want)
		}
	}
	r := solve(t, n, shop.Questions[0])
	doc := documentOf(r, JSONOptions{})
	last := doc.Forward[len(doc.Forward)-1]
	if last.Owner == nil || *last.Owner != (owner{"rds", "orders-db", "arn:aws:rds:us-east-1:111111111111:db:orders-db"}) || doc.Query.To.Component.Owner == nil {
		t.Errorf("owner %+v of the last hop", last.Owner)
	}
	if e := doc.Forward[1]; e.ID != "eni-app" || e.Owner != nil {
		t.Errorf("%s has owner %+v: an instance's interface has its instance beside it", e.ID, e.Owner)
	}
}
