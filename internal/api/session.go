package api

import (
	"context"
	"net/http"
	"time"

	"kith/internal/user"
)

// Session is who is logged in, and what they may.
type Session struct {
	User        User              `json:"user"`
	Permissions []user.Permission `json:"permissions"`
	MFA         bool              `json:"mfa" doc:"logging in needs a code as well"`
}

func showSession(a user.Account) Session {
	return Session{User: showUser(a), Permissions: a.Role.Permissions(), MFA: a.HasMFA()}
}

// sessionAnswer is an answer that may set the session's cookie.
type sessionAnswer[T any] struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
	Body      T
}

// cookie is the session's cookie with a token; "" ends it.
func (h *handler) cookie(ctx context.Context, token string) []http.Cookie {
	v := visitOf(ctx)
	c := http.Cookie{
		Name: v.cookie, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: v.cookie == secureCookie, MaxAge: int(user.SessionLifetime / time.Second),
	}
	if token == "" {
		c.MaxAge = -1
	}
	return []http.Cookie{c}
}

// renewed is an answer with a cookie if there is a new session.
func renewed[T any](ctx context.Context, h *handler, token string, body T) *sessionAnswer[T] {
	out := &sessionAnswer[T]{Body: body}
	if token != "" {
		out.SetCookie = h.cookie(ctx, token)
	}
	return out
}

// Login is what somebody logs in with.
type Login struct {
	Email    string `json:"email" maxLength:"300"`
	Password string `json:"password" maxLength:"4000"`
	Code     string `json:"code,omitempty" maxLength:"100" doc:"of the authenticator app, or a recovery code; needed if the answer was 401 with the code code_needed"`
}

// SelfChange is what users change about themselves; nil stays.
type SelfChange struct {
	Name     *string `json:"name,omitempty"`
	Language *string `json:"language,omitempty" doc:"like en or zh-Hant; empty for the shop's"`
	Password *string `json:"password,omitempty" maxLength:"4000" doc:"all sessions end, and the answer begins a new one"`
	Current  string  `json:"current_password,omitempty" maxLength:"4000" doc:"needed with password"`
}

func (h *handler) sessionRoutes() {
	register(h, Route{Method: http.MethodPost, Path: "/v1/session", Permission: user.Public, Summary: "log in; the answer sets a cookie"}, h.login)
	register(h, Route{Method: http.MethodGet, Path: "/v1/session", Permission: user.Self, Summary: "who is logged in, and what they may"}, h.session)
	register(h, Route{Method: http.MethodDelete, Path: "/v1/session", Permission: user.Self, Summary: "log out"}, h.logout)
	register(h, Route{Method: http.MethodPatch, Path: "/v1/session", Permission: user.Self, Summary: "change one's own name, language or password"}, h.changeSelf)
	h.totpRoutes()
}

func (h *handler) login(ctx context.Context, in *struct{ Body Login }) (*sessionAnswer[Session], error) {
	v, x := visitOf(ctx), in.Body
	token, a, err := h.users.Login(ctx, user.Login{Email: x.Email, Password: x.Password, Code: x.Code, Address: v.address})
	if err != nil {
		return nil, err
	}
	return renewed(ctx, h, token, showSession(a)), nil
}

func (h *handler) session(ctx context.Context, _ *struct{}) (*answer[Session], error) {
	u, err := me(ctx)
	if err != nil {
		return nil, err
	}
	a, err := h.users.Get(ctx, u.ID)
	return &answer[Session]{showSession(a)}, err
}

func (h *handler) logout(ctx context.Context, _ *struct{}) (*struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
}, error,
) {
	if _, err := me(ctx); err != nil {
		return nil, err
	}
	out := &struct {
		SetCookie []http.Cookie `header:"Set-Cookie"`
	}{h.cookie(ctx, "")}
	return out, h.users.Logout(ctx, visitOf(ctx).session)
}

func (h *handler) changeSelf(ctx context.Context, in *struct{ Body SelfChange }) (*sessionAnswer[Session], error) {
	u, err := me(ctx)
	if err != nil {
		return nil, err
	}
	token, a, err := h.users.ChangeSelf(ctx, u.ID, user.SelfChange{
		Name: in.Body.Name, Language: in.Body.Language, Password: in.Body.Password, Current: in.Body.Current, Address: visitOf(ctx).address,
	})
	if err != nil {
		return nil, err
	}
	return renewed(ctx, h, token, showSession(a)), nil
}

// Confirmation is what somebody who is logged in shows once more.
type Confirmation struct {
	Password string `json:"password" maxLength:"4000"`
}

// TOTP is a second factor that waits for its first code.
type TOTP struct {
	Secret string `json:"secret" doc:"base32, to be typed into an app"`
	URI    string `json:"uri" doc:"otpauth://, to be shown as a QR code"`
}

// RecoveryCodes are shown once. Each works once in place of a code.
type RecoveryCodes struct {
	Codes []string `json:"recovery_codes"`
}

func (h *handler) totpRoutes() {
	register(h, Route{Method: http.MethodPost, Path: "/v1/session/totp", Permission: user.Self, Summary: "begin a second factor: a secret for an authenticator app"},
		func(ctx context.Context, in *struct{ Body Confirmation }) (*answer[TOTP], error) {
			u, err := me(ctx)
			if err != nil {
				return nil, err
			}
			e, err := h.users.BeginTOTP(ctx, u.ID, in.Body.Password, visitOf(ctx).address)
			return &answer[TOTP]{TOTP(e)}, err
		})
	register(h, Route{Method: http.MethodPut, Path: "/v1/session/totp", Permission: user.Self, Summary: "confirm the second factor with a code; the answer has the recovery codes"},
		func(ctx context.Context, in *struct {
			Body struct {
				Code string `json:"code" maxLength:"100"`
			}
		},
		) (*sessionAnswer[RecoveryCodes], error) {
			u, err := me(ctx)
			if err != nil {
				return nil, err
			}
			token, codes, err := h.users.ConfirmTOTP(ctx, u.ID, in.Body.Code, visitOf(ctx).address)
			return renewed(ctx, h, token, RecoveryCodes{codes}), err
		})
	register(h, Route{Method: http.MethodDelete, Path: "/v1/session/totp", Permission: user.Self, Summary: "remove the second factor"},
		func(ctx context.Context, in *struct {
			Body struct {
				Confirmation
				Code string `json:"code" maxLength:"100"`
			}
		},
		) (*sessionAnswer[Session], error) {
			u, err := me(ctx)
			if err != nil {
				return nil, err
			}
			token, err := h.users.RemoveTOTP(ctx, u.ID, in.Body.Password, in.Body.Code, visitOf(ctx).address)
			if err != nil {
				return nil, err
			}
			a, err := h.users.Get(ctx, u.ID)
			return renewed(ctx, h, token, showSession(a)), err
		})
}
