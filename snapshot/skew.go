package snapshot

import "time"

// Span is when the calls of the part ran; zero times where it does not say.
func (p *Part) Span() (from, to time.Time) {
	for _, c := range p.Calls {
		from, to = earlier(from, earlier(c.Start, c.End)), later(to, later(c.Start, c.End))
	}
	for _, objects := range p.Objects {
		for _, c := range objects {
			from, to = earlier(from, earlier(c.Start, c.End)), later(to, later(c.Start, c.End))
		}
	}
	return from, to
}
