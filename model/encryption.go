package model

// encryptionControls implements VEC-1 and VEC-2 as far as they reach: which VPCs enforce encryption (D-185).
func (b *builder) encryptionControls() {
	enforced := func(mode, state string) bool { return mode == "enforce" && (state == "" || state == "available") }
	for _, m := range b.n.Snapshot.VPCEncryptionControls() {
		if v := b.vpc(m.Record.VpcId, m.Part); v >= 0 && !m.Conflict && enforced(m.Record.Mode, m.Record.State) {
			b.n.VPCs[v].Encrypted = true
		}
	}
	for i := range b.n.VPCs {
		if r := b.n.VPCs[i].Record; r != nil && r.EncryptionControl != nil {
			b.n.VPCs[i].Encrypted = enforced(r.EncryptionControl.Mode, r.EncryptionControl.State)
		}
	}
}
