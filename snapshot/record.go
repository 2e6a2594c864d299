package snapshot

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// recordReader decodes the elements of one answer straight from the stream into records. What one file holds
// is gathered in a part of its own and joined to the others only when the whole file proved good.
type recordReader struct {
	dec  *jsontext.Decoder
	part *Part

	rules []SecurityGroupRule // folded into groups when every file of the part is known

	// managed counts the records of a PrefixLists answer that describe-managed-prefix-lists gave.
	managed int

	wrapped []wrappedAnswer // of the wrapper that is being read
}

// into decodes one element and appends it to list. id says how the record is known; an element without
// it is malformed, because nothing could ever refer to it.
func into[T any](r *recordReader, list *[]T, field string, id func(*T) string) error {
	if len(*list) == cap(*list) {
		// A quarter more at a time, but never a few at a time: most answers are short, the longest is
		// hundreds of megabytes.
		*list = slices.Grow(*list, max(16, len(*list)/4))
	}
	*list = (*list)[:len(*list)+1]
	v := &(*list)[len(*list)-1]
	if err := json.UnmarshalDecode(r.dec, v); err != nil {
		return err
	}
	if id(v) == "" {
		return &missingIDError{field}
	}
	if c, ok := any(v).(checker); ok {
		return c.check()
	}
	return nil
}

// missingIDError reports a record without the field that names it.
type missingIDError struct{ field string }

func (e *missingIDError) Error() string { return "a record without " + e.field }

// readReservation flattens a reservation into its instances, which inherit its owner.
func readReservation(r *recordReader) error {
	var v Reservation
	if err := json.UnmarshalDecode(r.dec, &v); err != nil {
		return err
	}
	for i := range v.Instances {
		if v.Instances[i].InstanceId == "" {
			return &missingIDError{fmt.Sprintf("InstanceId (instance %d of it)", i)}
		}
		v.Instances[i].OwnerId = v.OwnerId
	}
	r.part.Instances = append(r.part.Instances, v.Instances...)
	return nil
}

// anyPrefixList has the fields of both records that come under the key PrefixLists.
type anyPrefixList struct {
	PrefixListId   string          `json:"PrefixListId"`
	PrefixListName string          `json:"PrefixListName"`
	Cidrs          *[]netip.Prefix `json:"Cidrs"`
	PrefixListArn  string          `json:"PrefixListArn"`
	AddressFamily  string          `json:"AddressFamily"`
	OwnerId        string          `json:"OwnerId"`
	State          string          `json:"State"`
	Version        int64           `json:"Version"`
	Tags           []Tag           `json:"Tags"`
}

// readPrefixList tells the two calls apart by their fields: only describe-prefix-lists gives Cidrs. A record
// with neither is taken for a managed list, whose content is then unknown rather than empty.
func readPrefixList(r *recordReader) error {
	var v anyPrefixList
	if err := json.UnmarshalDecode(r.dec, &v); err != nil {
		return err
	}
	if v.PrefixListId == "" {
		return &missingIDError{"PrefixListId"}
	}
	if v.Cidrs != nil {
		r.part.PrefixLists = append(r.part.PrefixLists,
			PrefixList{PrefixListId: v.PrefixListId, PrefixListName: v.PrefixListName, Cidrs: *v.Cidrs})
		return nil
	}
	r.managed++
	r.part.ManagedPrefixLists = append(r.part.ManagedPrefixLists, ManagedPrefixList{
		PrefixListId: v.PrefixListId, PrefixListName: v.PrefixListName, AddressFamily: v.AddressFamily,
		OwnerId: v.OwnerId, State: v.State, Version: v.Version, Tags: v.Tags,
	})
	return nil
}

// addressID is what names an Elastic IP address: its allocation, and the address itself for the oldest ones.
func addressID(a *Address) string {
	switch {
	case a.AllocationId != "":
		return a.AllocationId
	case a.PublicIp.IsValid():
		return a.PublicIp.String()
	case a.CarrierIp.IsValid():
		return a.CarrierIp.String()
	}
	return ""
}

// prefixText is the text of a prefix, empty for the zero one.
func prefixText(p netip.Prefix) string {
	if !p.IsValid() {
		return ""
	}
	return p.String()
}
