package collect

import (
	"bytes"
	"io"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// watching is an HTTP client that tells answers of another form than AWS's apart, which the SDK would try to read.
type watching struct{ aws.HTTPClient }

func (w watching) Do(r *http.Request) (*http.Response, error) {
	r, err := withOwnBody(r)
	if err != nil {
		return nil, err
	}
	resp, err := w.HTTPClient.Do(r)
	if err != nil || resp.StatusCode < 400 || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		return resp, err
	}
	_ = resp.Body.Close()
	return nil, &notAWS{resp.StatusCode}
}

// withOwnBody gives a request a body that the SDK cannot close: it does so as soon as the answer begins, and where the transport has
// not noticed yet that the body was sent, it takes that for a broken connection and drops the answer. Bodies are a few hundred bytes.
func withOwnBody(r *http.Request) (*http.Request, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return r, nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	r.Body, _ = r.GetBody()
	return r, nil
}
