package model

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// interfaceWith is an interface of type interface on a running instance, with fields of its record set.
func interfaceWith(t *testing.T, lines string) *Interface {
	t.Helper()
	n := networkOf(t, "vpc-a 10.0.0.0/16\nsubnet-a vpc-a 10.0.1.0/24\neni-web subnet-a 10.0.1.5\n"+lines)
	return &n.Interfaces[n.at(t, "eni-web")]
}

// ENI-6 D-11 what an interface's status and attachment say
func TestAttachment(t *testing.T) {
	type state struct {
		Attached Attached
		Word     string
		Gateways bool // internet gateways serve it
	}
	for _, test := range []struct {
		shows, lines string
		want         state
	}{
		{"attached and in use", "", state{AttachedLive, "in-use", true}},
		{"no states told", "set eni-web Status null\nset eni-web Attachment.Status null", state{AttachedLive, "in-use", true}},
		{"attaching", `set eni-web Attachment.Status "attaching"`, state{AttachedBad, "attaching", false}},
		{"detaching", `set eni-web Attachment.Status "detaching"`, state{AttachedBad, "detaching", false}},
		{"detached", `set eni-web Attachment.Status "detached"`, state{AttachedBad, "detached", false}},
		{"nothing is attached", "set eni-web Attachment null\nset eni-web Status \"available\"", state{Unattached, "available", false}},
		{"available, whatever the attachment says", `set eni-web Status "available"`, state{Unattached, "available", false}},
		{"a record that tells of neither counts as attached", "set eni-web Attachment null\nset eni-web Status null", state{AttachedLive, "in-use", true}},
		{"a status that is coming or going", `set eni-web Status "detaching"`, state{AttachedLive, "detaching", false}},
	} {
		t.Run(test.shows, func(t *testing.T) {
			e := interfaceWith(t, test.lines)
			attached, word := e.Attachment()
			if diff := cmp.Diff(test.want, state{attached, word, e.LiveForGateways()}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// ENI-3 ENI-5 ENI-10 SG-27 U-19 what follows from an interface's type, owner and source/destination check
func TestInterfaceTypes(t *testing.T) {
	type traits struct{ Check, Forwards, Unfiltered, Branch, Initiates bool }
	const nocheck, managed = "set eni-web SourceDestCheck false\n", "set eni-web RequesterManaged true\nset eni-web Attachment.InstanceId null\n"
	for _, test := range []struct {
		shows, lines string
		want         traits
	}{
		{"ENI-3 an instance's", "", traits{Check: true, Initiates: true}},
		{"ENI-3 a record without the check has it on", "set eni-web SourceDestCheck null\n", traits{Check: true, Initiates: true}},
		{"ENI-3 an appliance's", nocheck, traits{Forwards: true, Initiates: true}},
		{"ENI-5 a service's, with the check off", nocheck + managed, traits{}},
		{"ENI-5 a NAT gateway's", nocheck + managed + "set eni-web InterfaceType \"nat_gateway\"\nset eni-web Groups []\n", traits{Forwards: true, Unfiltered: true}},
		{"SG-27 a NAT gateway's with groups is filtered", nocheck + managed + "set eni-web InterfaceType \"natGateway\"\n", traits{Forwards: true}},
		{"ENI-5 a load balancer's sends its own packets only", nocheck + managed + "set eni-web InterfaceType \"network_load_balancer\"\n", traits{Initiates: true}},
		{"SG-1 an instance's without groups is not unfiltered", "set eni-web Groups []\n", traits{Check: true, Initiates: true}},
		{"ENI-10 a branch", managed + "set eni-web InterfaceType \"branch\"\n", traits{Check: true, Branch: true, Initiates: true}},
		{"U-19 an endpoint only answers", managed + "set eni-web InterfaceType \"vpc_endpoint\"\n", traits{Check: true}},
		{"U-19 a function's starts connections", managed + "set eni-web InterfaceType \"lambda\"\n", traits{Check: true, Initiates: true}},
		{"U-19 a task's, by its description", managed + "set eni-web Description \"arn:aws:ecs:us-east-1:111111111111:attachment/1\"\n", traits{Check: true, Initiates: true}},
	} {
		t.Run(test.shows, func(t *testing.T) {
			e := interfaceWith(t, test.lines)
			got := traits{e.SourceDestCheck(), e.Forwards(), e.Unfiltered(), e.Branch(), e.Initiates()}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A record without a list of groups may have any; one with an empty list has none.
func TestGroupsListed(t *testing.T) {
	for lines, want := range map[string]bool{"": true, "set eni-web Groups []\n": true, "set eni-web Groups null\n": false} {
		if got := interfaceWith(t, lines).GroupsListed(); got != want {
			t.Errorf("%q: %v, want %v", lines, got, want)
		}
	}
}

// An instance's interfaces stand as a person counts them: by device index, then id.
func TestOrderOfAnInstancesInterfaces(t *testing.T) {
	n := networkOf(t, `
vpc-a 10.0.0.0/16
subnet-a vpc-a 10.0.1.0/24
i-web
eni-a subnet-a 10.0.1.5 i-web
eni-c subnet-a 10.0.1.6 i-web
eni-b subnet-a 10.0.1.7 i-web
set eni-a Attachment.DeviceIndex 1
`)
	if diff := cmp.Diff([]string{"eni-b", "eni-c", "eni-a"}, n.interfaceIDs(n.Instances[n.at(t, "i-web")].Interfaces)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// ENI-7 an instance runs where its record says so, or says nothing
func TestRunning(t *testing.T) {
	for lines, want := range map[string]bool{
		"": true, "set i-web State null\n": true, "set i-web State.Name \"running\"\n": true, "set i-web State.Name \"pending\"\n": false,
		"set i-web State.Name \"stopped\"\n": false, "drop i-web\n": false,
	} {
		n := networkOf(t, "vpc-a 10.0.0.0/16\nsubnet-a vpc-a 10.0.1.0/24\neni-web subnet-a 10.0.1.5\n"+lines)
		if got := n.Instances[n.at(t, "i-web")].Running(); got != want {
			t.Errorf("%q: running %v, want %v", lines, got, want)
		}
	}
}
