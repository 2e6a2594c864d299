package main

// story is something that people meet, told in a network of its own, with the questions that find the cause.
type story struct {
	name    string // the folder's, too
	about   string // one line
	picture string
	steps   []demoStep
	// more is what to ask next, with the number of files as %[1]d and the folder as %[2]s.
	more string
	// ask is the question that is proposed when the files have been written.
	ask string
}

// demoStep is one question of a story.
type demoStep struct {
	words string
	question
}

// stories are those that vpcreach demo tells; the first is the one it tells unasked.
var stories = []story{shopStory, applianceStory, vpnStory, transitStory}

var shopStory = story{
	name:  "shop",
	about: "an application cannot reach its database",
	picture: `A small shop in one VPC (10.0.0.0/16), as AWS's describe calls tell it:

  internet ── igw ── web-1 10.0.1.10      public subnet       group shop-web  in: tcp 80, 443 from anywhere
                       │  nat             public subnet       lets the private subnets out
                     app-1 10.0.2.10      private-app subnet  group shop-app  in: tcp 8080 from shop-web
                       │
                     db-1  10.0.3.10      private-db subnet   group shop-db   in: tcp 5432 from shop-web (!)

The database was once asked by the web tier itself. Then came an app tier, and nobody told the database's group.
`,
	steps: []demoStep{
		{"Do customers reach the web tier?", question{from: "internet", to: "web-1", protocol: "tcp/443"}},
		{"Does the app tier reach the database?", question{from: "app-1", to: "db-1", protocol: "tcp/5432"}},
	},
	more: `Ask more. This writes the network's %[1]d files, to read and to change:

  vpcreach demo --write %[2]s
  vpcreach show %[2]s                                what the snapshot holds
  vpcreach show %[2]s db-1                           who may connect to the database
  vpcreach path %[2]s web-1 app-1 tcp/8080           the hop between the tiers
  vpcreach path %[2]s app-1 198.51.100.7 tcp/443     out through the NAT gateway
  vpcreach path %[2]s internet web-1                 no port named: which ones get through?

Then let shop-app into shop-db in describe-security-groups.json, and ask again:

  vpcreach path %[2]s app-1 db-1 tcp/5432
`,
	ask: "app-1 db-1 tcp/5432",
}

var applianceStory = story{
	name:  "appliance",
	about: "a change of a route table sends traffic through an appliance",
	picture: `One VPC (10.0.0.0/16). Yesterday somebody put a firewall between application and database, and a route that leads to it
into the application's table:

  app-1 10.0.2.10     app subnet         table app        10.0.3.0/24 → firewall (new)
    │
  firewall 10.0.9.4   inspection subnet  table shop-main  10.0.0.0/16 → local
    │
  db-1  10.0.3.10     db subnet          table shop-main  10.0.0.0/16 → local

Since then the application waits for its database until it times out. The groups have not changed, and the database's answers
leave it as they always did.
`,
	steps: []demoStep{
		{"Does the application reach its database?", question{from: "app-1", to: "db-1", protocol: "tcp/5432"}},
		{"What does AWS's own analyzer see, which asks whether routes and rules let both ways pass, but not what a firewall remembers?",
			question{from: "app-1", to: "db-1", protocol: "tcp/5432", reading: "aws"}},
	},
	more: `The reply goes straight home, past the firewall, which never sees the connection come about and drops the rest of it.
This writes the network's %[1]d files, to read and to change:

  vpcreach demo appliance --write %[2]s
  vpcreach path %[2]s app-1 db-1 tcp/5432 --exclude firewall     is there a way around it?
  vpcreach show %[2]s firewall                                  what it is and whom it lets through

Give the database's subnet a table that leads 10.0.2.0/24 to the firewall too, and ask again.
`,
	ask: "app-1 db-1 tcp/5432",
}

var vpnStory = story{
	name:  "vpn",
	about: "a destination at the other end of a VPN that nobody routes",
	picture: `One VPC (10.0.0.0/16) with a virtual private gateway and a VPN to headquarters:

  app-1 10.0.2.10   app subnet   table app  10.0.0.0/8 → office (a virtual private gateway)
    │
  office            VPN headquarters, tunnels up, static route 10.50.0.0/16
    │
  headquarters      10.50.0.0/16, and since last week a second building, 10.60.0.0/16

The route table leads the second building's addresses to the gateway too. Still nobody there answers.
`,
	steps: []demoStep{
		{"Does the application reach headquarters?", question{from: "app-1", to: "office", protocol: "tcp/443", destinationAddress: "10.50.0.9"}},
		{"And the second building?", question{from: "app-1", to: "office", protocol: "tcp/443", destinationAddress: "10.60.0.9"}},
	},
	more: `A virtual private gateway forwards to the prefixes that it knows, whatever the route tables send it. This writes the network's %[1]d files:

  vpcreach demo vpn --write %[2]s
  vpcreach show %[2]s office                                               what the gateway knows
  vpcreach path %[2]s app-1 office tcp/443                                 which addresses get through?

Add the static route 10.60.0.0/16 to the VPN connection in describe-vpn-connections.json, and ask again. To ask for the buildings by name, declare them:
vpcreach path --help tells how.
`,
	ask: "app-1 office tcp/443 --destination-address 10.60.0.9",
}

var transitStory = story{
	name:  "transit",
	about: "two VPCs over a transit gateway whose reply takes another way",
	picture: `Two VPCs and an inspection VPC at one transit gateway, hub:

  shop 10.0.0.0/16        app-1 10.0.2.10   its attachment uses the table direct     10.1.0.0/16 → data
  data 10.1.0.0/16        db-1 10.1.3.10    its attachment uses the table inspected  0.0.0.0/0 → inspection
  inspection 100.64.0.0/24  firewall        its attachment uses the table behind     back to both VPCs

Security wants the data VPC inspected, and gave its attachment a table of its own. Now connections to the database hang.
`,
	steps: []demoStep{
		{"Does the application reach the database?", question{from: "app-1", to: "db-1", protocol: "tcp/5432"}},
		{"What does AWS's own analyzer see, which follows TCP through a transit gateway one way only?",
			question{from: "app-1", to: "db-1", protocol: "tcp/5432", reading: "aws"}},
	},
	more: `The request goes straight to the data VPC, the reply through the firewall, which never saw the connection come about. This writes the network's %[1]d files:

  vpcreach demo transit --write %[2]s
  vpcreach path %[2]s db-1 app-1 tcp/443       and the other way round?
  vpcreach risks %[2]s                         what else can be seen to go wrong

Let the table direct lead 10.1.0.0/16 to inspection in search-transit-gateway-routes.*.json, and ask again.
`,
	ask: "app-1 db-1 tcp/5432",
}
