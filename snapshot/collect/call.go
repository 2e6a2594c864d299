package collect

import (
	"context"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/vpcreach/vpcreach/snapshot"
)

// Call is a row of the table: one operation that is asked in every account's Region, once or once per object.
type Call struct {
	Service   string // as the AWS CLI spells it: ec2, elbv2, ...
	Operation string // likewise: describe-vpcs
	Action    string // of IAM: ec2:DescribeVpcs
	Also      []string
	Page      int32 // records asked for on a page; 0 where the call has no such parameter or none is wanted
	Needs     string
	Names     bool // only gives names to interfaces: asked for on demand
	Home      bool // a global service: asked in one Region of the partition only

	over  *over                               // whose objects the call is made for; nil where it is made once
	fixed map[string]string                   // parameters of every call
	start func(s *session, with params) pager // begins to read pages
	lower bool                                // the service's members begin with a lower-case letter
	lists []string                            // members without which an answer is none
	sized bool                                // the input takes a page size
	rate  float64                             // calls a second; 0 for the default
}

// params are what one call is made with, by the names of the input's members. A name with an asterisk in front goes into the
// manifest only, one with a hyphen into the input only.
type params map[string]string

// over says that a call is made once per object that another call's answers hold.
type over struct {
	of      snapshot.Operation                            // the call whose answers name them
	objects func(at place, page []byte) ([]params, error) // the objects of one page
}

// pager gives one page after the other: an SDK output, and a token that is empty on the last. After an error the same page is
// asked for again.
type pager func(context.Context) (page any, token string, err error)

// op is the operation as manifests name it.
func (c *Call) op() snapshot.Operation {
	if c.Service == "ec2" {
		return snapshot.Operation(c.Operation)
	}
	return snapshot.Operation(c.Service + " " + c.Operation)
}

// service is one of the SDK's clients: C is the client, O its options.
type service[C, O any] struct {
	name   string // as the AWS CLI spells it
	action string // what its IAM actions begin with
	create func(aws.Config, ...func(*O)) *C
	lower  bool
	rate   float64
}

// option settles what is particular about a call.
type option func(*Call)

// row makes a row of the table from a method of an SDK client. The names of the call come from the type of its input.
func row[C, O, In, Out any](s *service[C, O], method func(*C, context.Context, *In, ...func(*O)) (*Out, error), needs string, options ...option) *Call {
	name := strings.TrimSuffix(reflect.TypeFor[In]().Name(), "Input")
	c := &Call{Service: s.name, Operation: kebab(name), Action: s.action + ":" + name, Needs: needs, lower: s.lower, rate: s.rate, lists: mainMembers(reflect.TypeFor[Out]()), sized: takesSize(reflect.TypeFor[In]())}
	for _, o := range options {
		o(c)
	}
	if c.start == nil {
		c.start = func(at *session, with params) pager { return paged(s, method, at, with, c) }
	}
	return c
}

// paged asks for one page after the other.
func paged[C, O, In, Out any](s *service[C, O], method func(*C, context.Context, *In, ...func(*O)) (*Out, error), at *session, with params, c *Call) pager {
	token := ""
	return func(ctx context.Context) (any, string, error) {
		in := new(In)
		fill(in, with)
		setPage(in, c.Page, token)
		out, err := method(clientOf(at, s), ctx, in)
		if err != nil {
			return nil, "", err
		}
		if !c.holds(out) {
			return nil, "", fmt.Errorf("%w: %s", errNoAnswer, strings.Join(c.lists, ", "))
		}
		token = tokenOf(out)
		return out, token, nil
	}
}

// clientOf makes the client of a service for an account's Region when it is first needed.
func clientOf[C, O any](at *session, s *service[C, O]) *C {
	at.mu.Lock()
	defer at.mu.Unlock()
	if c, ok := at.clients[s.name].(*C); ok {
		return c
	}
	c := s.create(at.config)
	at.clients[s.name] = c
	return c
}

// session is one account's Region with the clients that talk to it.
type session struct {
	place
	config aws.Config

	regional bool // ask the Region's own services
	home     bool // ask the global ones here

	mu      sync.Mutex
	clients map[string]any
}

// place is an account's Region.
type place struct{ partition, account, region string }

var (
	hump    = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	acronym = regexp.MustCompile(`([A-Z]+)([A-Z][a-z])`)
)

// kebab spells an operation as the AWS CLI does.
func kebab(name string) string {
	name = acronym.ReplaceAllString(name, "$1-$2")
	return strings.ToLower(hump.ReplaceAllString(name, "$1-$2"))
}

// The names under which the services page.
var (
	pageSizes = []string{"MaxResults", "PageSize", "MaxRecords", "MaxItems"}
	tokensIn  = []string{"NextToken", "Marker"}
	tokensOut = []string{"NextToken", "NextMarker", "Marker"}
)

// fill sets the members of an input that params name.
func fill(in any, with params) {
	v := reflect.ValueOf(in).Elem()
	for name, value := range with {
		if f := v.FieldByName(strings.TrimPrefix(name, "-")); f.IsValid() {
			set(f, value)
		}
	}
}

// set gives a member of an input its value; a list gets the one element.
func set(f reflect.Value, value string) {
	switch f.Kind() {
	case reflect.Pointer:
		f.Set(reflect.New(f.Type().Elem()))
		set(f.Elem(), value)
	case reflect.Slice:
		f.Set(reflect.MakeSlice(f.Type(), 1, 1))
		set(f.Index(0), value)
	case reflect.Bool:
		f.SetBool(value == "true")
	case reflect.String:
		f.SetString(value)
	}
}

// setPage sets the page size and the token of an input that has them.
func setPage(in any, size int32, token string) {
	v := reflect.ValueOf(in).Elem()
	for _, name := range pageSizes {
		if f := v.FieldByName(name); f.IsValid() && size > 0 {
			n := reflect.New(f.Type().Elem())
			n.Elem().SetInt(int64(size))
			f.Set(n)
			break
		}
	}
	for _, name := range tokensIn {
		if f := v.FieldByName(name); f.IsValid() && token != "" {
			set(f, token)
			break
		}
	}
}

// takesSize says whether an input has a member for the size of pages.
func takesSize(in reflect.Type) bool {
	return slices.ContainsFunc(pageSizes, func(name string) bool {
		_, ok := in.FieldByName(name)
		return ok
	})
}

// tokenOf is the token of the next page, empty on the last.
func tokenOf(out any) string {
	v := reflect.ValueOf(out).Elem()
	name := tokenMember(v.Type())
	if name == "" || v.FieldByName(name).IsNil() {
		return ""
	}
	return v.FieldByName(name).Elem().String()
}

// tokenMember is the member of an output that holds the token; where there is a NextMarker, a Marker only repeats what was sent.
func tokenMember(out reflect.Type) string {
	for _, name := range tokensOut {
		if _, ok := out.FieldByName(name); ok {
			return name
		}
	}
	return ""
}

// mainMembers are the members of an output that hold what was asked for: every list, or, where it has none, every structure.
func mainMembers(out reflect.Type) []string {
	var lists, records []string
	for f := range fields(out) {
		switch {
		case f.Type.Kind() == reflect.Slice:
			lists = append(lists, f.Name)
		case f.Type.Kind() == reflect.Pointer && f.Type.Elem().Kind() == reflect.Struct:
			records = append(records, f.Name)
		}
	}
	if lists != nil {
		return lists
	}
	return records
}

// holds tells an answer from one without what was asked for.
func (c *Call) holds(out any) bool {
	v := reflect.ValueOf(out).Elem()
	for _, name := range c.lists {
		if !v.FieldByName(name).IsZero() {
			return true
		}
	}
	return false
}

// fields are the members of an output that come from the answer.
func fields(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() && f.Name != "ResultMetadata" && !yield(f) {
				return
			}
		}
	}
}
