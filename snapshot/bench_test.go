package snapshot

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// interfaceJSON is an interface as AWS CLI v2 prints it, about 2.2 kB, so that the benchmark reads what users have:
// most of it is passed over.
const interfaceJSON = `        {
            "Association": {
                "AllocationId": "eipalloc-%017[1]x",
                "AssociationId": "eipassoc-%017[1]x",
                "IpOwnerId": "111122223333",
                "PublicDnsName": "ec2-52-1-2-3.compute-1.amazonaws.com",
                "PublicIp": "52.%[2]d.%[3]d.%[4]d"
            },
            "Attachment": {
                "AttachTime": "2025-01-02T03:04:05+00:00",
                "AttachmentId": "eni-attach-%017[1]x",
                "DeleteOnTermination": true,
                "DeviceIndex": 0,
                "NetworkCardIndex": 0,
                "InstanceId": "i-%017[1]x",
                "InstanceOwnerId": "111122223333",
                "Status": "attached"
            },
            "AvailabilityZone": "us-east-1a",
            "Description": "Primary network interface of a machine",
            "Groups": [
                {
                    "GroupName": "web",
                    "GroupId": "sg-0123456789abcde%02[4]x"
                },
                {
                    "GroupName": "base",
                    "GroupId": "sg-0123456789abcdeff"
                }
            ],
            "InterfaceType": "interface",
            "Ipv6Addresses": [],
            "MacAddress": "12:34:56:78:9a:bc",
            "NetworkInterfaceId": "eni-%017[1]x",
            "OwnerId": "111122223333",
            "PrivateDnsName": "ip-10-%[2]d-%[3]d-%[4]d.ec2.internal",
            "PrivateIpAddress": "10.%[2]d.%[3]d.%[4]d",
            "PrivateIpAddresses": [
                {
                    "Association": {
                        "AllocationId": "eipalloc-%017[1]x",
                        "AssociationId": "eipassoc-%017[1]x",
                        "IpOwnerId": "111122223333",
                        "PublicDnsName": "ec2-52-1-2-3.compute-1.amazonaws.com",
                        "PublicIp": "52.%[2]d.%[3]d.%[4]d"
                    },
                    "Primary": true,
                    "PrivateDnsName": "ip-10-%[2]d-%[3]d-%[4]d.ec2.internal",
                    "PrivateIpAddress": "10.%[2]d.%[3]d.%[4]d"
                }
            ],
            "RequesterManaged": false,
            "SourceDestCheck": true,
            "Status": "in-use",
            "SubnetId": "subnet-0123456789abcde%02[4]x",
            "TagSet": [
                {
                    "Key": "Name",
                    "Value": "web-%[1]d"
                }
            ],
            "VpcId": "vpc-0123456789abcdef0"
        }`

// instanceJSON is an instance in its reservation, about 1.2 kB.
const instanceJSON = `{
            "Groups": [],
            "Instances": [
                {
                    "AmiLaunchIndex": 0,
                    "ImageId": "ami-0123456789abcdef0",
                    "InstanceId": "i-%017[1]x",
                    "InstanceType": "m5.large",
                    "LaunchTime": "2025-01-02T03:04:05+00:00",
                    "Monitoring": {
                        "State": "disabled"
                    },
                    "Placement": {
                        "AvailabilityZone": "us-east-1a",
                        "GroupName": "",
                        "Tenancy": "default"
                    },
                    "PrivateDnsName": "ip-10-%[2]d-%[3]d-%[4]d.ec2.internal",
                    "State": {
                        "Code": 16,
                        "Name": "running"
                    },
                    "SubnetId": "subnet-0123456789abcde%02[4]x",
                    "VpcId": "vpc-0123456789abcdef0",
                    "Architecture": "x86_64",
                    "BlockDeviceMappings": [
                        {
                            "DeviceName": "/dev/xvda",
                            "Ebs": {
                                "AttachTime": "2025-01-02T03:04:05+00:00",
                                "DeleteOnTermination": true,
                                "Status": "attached",
                                "VolumeId": "vol-%017[1]x"
                            }
                        }
                    ],
                    "Tags": [
                        {
                            "Key": "Name",
                            "Value": "web-%[1]d"
                        }
                    ]
                }
            ],
            "OwnerId": "111122223333",
            "ReservationId": "r-%017[1]x"
        }`

// writeList writes n records of one key to a file.
func writeList(tb testing.TB, name, key, record string, n int) int64 {
	tb.Helper()
	f, err := os.Create(name)
	if err != nil {
		tb.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprintf(w, "{\n    %q: [\n", key)
	for i := range n {
		if i > 0 {
			w.WriteString(",\n")
		}
		fmt.Fprintf(w, record, i, i>>16&255, i>>8&255, i&255)
	}
	w.WriteString("\n    ]\n}\n")
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
	return info.Size()
}

// BenchmarkOpen reads interfaces with their instances from two files, as AWS CLI writes them. The
// hundred-thousand size is the largest network the tool is meant for; run it with -benchtime 1x.
func BenchmarkOpen(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("interfaces=%d", n), func(b *testing.B) {
			dir := b.TempDir()
			size := writeList(b, filepath.Join(dir, "interfaces.json"), "NetworkInterfaces", interfaceJSON, n)
			size += writeList(b, filepath.Join(dir, "instances.json"), "Reservations", instanceJSON, n)
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				s, err := Open(dir, Options{})
				if err != nil {
					b.Fatal(err)
				}
				if got := len(s.NetworkInterfaces()); got != n {
					b.Fatalf("%d interfaces, want %d", got, n)
				}
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.Sys)/(1<<20), "sys-MB")
		})
	}
}
