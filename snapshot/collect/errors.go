package collect

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/vpcreach/vpcreach/snapshot"
)

// verdict is what an error of a call means for it.
type verdict struct {
	state     snapshot.State
	again     bool // worth asking again
	throttled bool
	stale     bool // the credentials have expired
	attempts  int  // how often to ask at most, where that is less than usual; 0 for no bound
}

// codes of AWS's errors, by what they mean. Whatever is not here and not worth a retry is failed.
var (
	deniedCodes = []string{"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "AuthorizationErrorException",
		"UnauthorizedException", "NotAuthorized", "NotAuthorizedException", "OperationNotPermitted", "OperationNotPermittedException", "Forbidden",
		"InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "MissingAuthenticationToken", "AuthFailure", "IncompleteSignature"}
	unsupportedCodes = []string{"InvalidAction", "UnknownOperationException", "UnsupportedOperation", "UnsupportedOperationException", "NotImplemented",
		"UnknownOperation", "OptInRequired", "SubscriptionRequiredException", "InvalidRequest.Unsupported", "UnsupportedAPI"}
	staleCodes  = []string{"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
	skewedCodes = []string{"RequestTimeTooSkewed", "RequestInTheFuture", "InvalidSignatureException"}
	retryCodes  = []string{"InternalError", "InternalFailure", "InternalServerError", "InternalServerException", "InternalServiceError", "ServerException",
		"ServiceUnavailable", "ServiceUnavailableException", "Unavailable", "ServiceException", "DirectConnectServerException"}
)

// notAWS is an answer that is not of AWS's form: a page in HTML. A gateway on the way gives such, and an endpoint that does not
// know a call.
type notAWS struct{ status int }

func (e *notAWS) Error() string {
	return fmt.Sprintf("HTTP status %d with a page in HTML instead of an answer of AWS's form", e.status)
}

// judge says what an error means.
func judge(err error) verdict {
	var strange *notAWS
	var api smithy.APIError
	var unknownHost *net.DNSError
	switch {
	case errors.Is(err, errNoAnswer):
		return verdict{state: snapshot.Failed, again: true}
	case errors.As(err, &strange):
		return judgeStrange(strange)
	case errors.As(err, &api):
		return judgeCode(api.ErrorCode(), statusCode(err))
	case errors.As(err, &unknownHost) && unknownHost.IsNotFound:
		return verdict{state: snapshot.Unsupported, again: true, attempts: 3} // the Region has no such service
	case errors.Is(err, context.Canceled):
		return verdict{state: snapshot.NotAsked}
	}
	switch code := statusCode(err); {
	case code == http.StatusNotImplemented || code == http.StatusNotFound:
		return verdict{state: snapshot.Unsupported}
	case code >= 400 && code < 500 && code != http.StatusTooManyRequests && code != http.StatusRequestTimeout:
		return verdict{state: snapshot.Failed} // refused, in words that are not AWS's
	}
	var signing *smithy.SerializationError
	if errors.As(err, &signing) || isCredentials(err) {
		return verdict{state: snapshot.Failed}
	}
	return verdict{state: snapshot.Failed, again: true} // the connection broke, or the answer is not whole
}

// judgeStrange: an endpoint that answers every attempt with a page does not know the call; a gateway on the way that has no
// answer (502 to 504) says nothing of it.
func judgeStrange(e *notAWS) verdict {
	switch e.status {
	case http.StatusInternalServerError:
		return verdict{state: snapshot.Unsupported, again: true, attempts: 3}
	case http.StatusNotFound, http.StatusNotImplemented, http.StatusMethodNotAllowed:
		return verdict{state: snapshot.Unsupported}
	case http.StatusForbidden, http.StatusUnauthorized:
		return verdict{state: snapshot.Denied}
	}
	return verdict{state: snapshot.Failed, again: true}
}

func judgeCode(code string, status int) verdict {
	_, throttled := retry.DefaultThrottleErrorCodes[code]
	_, again := retry.DefaultRetryableErrorCodes[code]
	bare, _, _ := strings.Cut(code, ":") // some services add a place
	switch {
	case throttled || status == http.StatusTooManyRequests:
		return verdict{state: snapshot.Failed, again: true, throttled: true}
	case has(staleCodes, bare):
		return verdict{state: snapshot.Failed, again: true, stale: true}
	case has(deniedCodes, bare) || strings.HasPrefix(bare, "AccessDenied"):
		return verdict{state: snapshot.Denied}
	case has(unsupportedCodes, bare) || status == http.StatusNotImplemented:
		return verdict{state: snapshot.Unsupported}
	case again || has(retryCodes, bare) || has(skewedCodes, bare) || status >= 500:
		return verdict{state: snapshot.Failed, again: true}
	}
	return verdict{state: snapshot.Failed}
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func statusCode(err error) int {
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		return response.HTTPStatusCode()
	}
	return 0
}

// isCredentials tells that there was nothing to sign with; asking again does not help.
func isCredentials(err error) bool {
	return strings.Contains(err.Error(), "get identity:") && !strings.Contains(err.Error(), "AssumeRole")
}

// byPolicy tells that a service control policy denied the call: then it denies the Region, most of the time.
func byPolicy(err error) bool {
	return strings.Contains(err.Error(), "service control policy")
}

// notEnabled tells that a Region does not know the account, whose credentials are good elsewhere: it is not enabled.
func notEnabled(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && has([]string{"OptInRequired", "AuthFailure", "UnrecognizedClientException", "InvalidClientTokenId"}, api.ErrorCode())
}

var (
	keyID   = regexp.MustCompile(`\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b`)
	encoded = regexp.MustCompile(`(?i)encoded authorization failure message: \S+`)
)

// maxError bounds the text of an error in the manifest.
const maxError = 300

// errorText is an error on one line, without key ids and without what only AWS can read.
func errorText(err error) string {
	text := err.Error()
	var api smithy.APIError
	var strange *notAWS
	var unsent *smithyhttp.RequestSendError
	switch {
	case errors.As(err, &api):
		text = strings.TrimSuffix(api.ErrorCode()+": "+api.ErrorMessage(), ": ")
	case errors.As(err, &strange):
		text = strange.Error()
	case errors.As(err, &unsent):
		text = unsent.Err.Error()
	case isCredentials(err):
		text = "no credentials were found"
	}
	text = encoded.ReplaceAllString(keyID.ReplaceAllString(text, "(key)"), "(encoded message)")
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
	if len(text) > maxError {
		text = strings.ToValidUTF8(text[:maxError], "") + "..."
	}
	return text
}
