package scenario

import (
	"encoding/json"
	"slices"
	"strings"
)

// serviceCalls are the answers of other services than ec2 that a scenario may give, with their top-level keys.
var serviceCalls = map[string]string{
	"elbv2.describe-load-balancers":       "LoadBalancers",
	"elb.describe-load-balancers":         "LoadBalancerDescriptions",
	"rds.describe-db-instances":           "DBInstances",
	"rds.describe-db-clusters":            "DBClusters",
	"rds.describe-db-proxies":             "DBProxies",
	"elasticache.describe-cache-clusters": "CacheClusters",
	"ecs.describe-tasks":                  "tasks",
	"efs.describe-mount-targets":          "MountTargets",
	"efs.describe-file-systems":           "FileSystems",
	"lambda.list-functions":               "Functions",
}

func init() {
	directives["service"] = readService
	directives["answer"] = readAnswer
}

// rawAnswer is a raw record of an answer.
type rawAnswer struct {
	part   part
	call   string
	object string
	body   record
}

// readService reads "service ENI [requester=TEXT] DESCRIPTION": the interface is a service's, as its description says (ENI-11).
func readService(n *Network, st statement) error {
	if len(st.words) < 2 {
		return st.at.errorf("write \"service ENI [requester=TEXT] DESCRIPTION\", such as \"service eni-db RDSNetworkInterface\"")
	}
	i := slices.IndexFunc(n.interfaces, func(e *networkInterface) bool { return e.id == st.words[1] })
	if i < 0 {
		return st.at.errorf("no interface %q above; declare it first", st.words[1])
	}
	e := n.interfaces[i]
	if e.instance != "" {
		return st.at.errorf("interface %s has an instance; a service's has none", e.id)
	}
	text := strings.TrimSpace(strings.TrimPrefix(st.text, "service"))
	text = strings.TrimSpace(strings.TrimPrefix(text, st.words[1]))
	if len(st.words) > 2 {
		if requester, ok := strings.CutPrefix(st.words[2], "requester="); ok {
			e.requester = requester
			text = strings.TrimSpace(strings.TrimPrefix(text, st.words[2]))
		}
	}
	e.managed, e.description = true, text
	return nil
}

// readAnswer reads "answer CALL JSON" or, of a call about one object of transit gateways, "answer CALL OBJECT JSON": one record of that
// answer, in the part that the lines are in.
func readAnswer(n *Network, st statement) error {
	about := len(st.words) > 3 && transitObjectKeys[st.words[1]] != ""
	if len(st.words) < 3 || answerKey(st.words[1]) == "" && !about {
		return st.at.errorf("write \"answer SERVICE.CALL JSON\", such as: answer rds.describe-db-instances {\"DBInstanceIdentifier\":\"orders\"}")
	}
	text := strings.TrimSpace(strings.TrimPrefix(st.text, "answer"))
	text = strings.TrimSpace(strings.TrimPrefix(text, st.words[1]))
	a := rawAnswer{part: n.current, call: st.words[1]}
	if about {
		a.object = st.words[2]
		text = strings.TrimSpace(strings.TrimPrefix(text, a.object))
	}
	if err := json.Unmarshal([]byte(text), &a.body); err != nil {
		return st.at.errorf("%s is no JSON object", text)
	}
	n.raw = append(n.raw, a)
	return nil
}
