package api

import (
	"context"
	"net/http"

	"kith/internal/user"
)

// WelcomeLink is what a one-time link is for.
type WelcomeLink struct {
	Kind  user.LinkKind `json:"kind" enum:"setup,invitation,reset"`
	Email string        `json:"email,omitempty" doc:"absent for setup"`
	Name  string        `json:"name,omitempty"`
	Role  user.Role     `json:"role" enum:"owner,editor,analyst,support"`
}

// Acceptance is what somebody says at a one-time link.
type Acceptance struct {
	Token    string `json:"token" maxLength:"200" doc:"what stands behind # in the link"`
	Email    string `json:"email,omitempty" maxLength:"300" doc:"of setup"`
	Name     string `json:"name,omitempty" maxLength:"1000" doc:"of setup and invitation"`
	Password string `json:"password" maxLength:"4000" doc:"15 characters or more; 12 of somebody who has a second factor"`
	Language string `json:"language,omitempty" maxLength:"100" doc:"of setup and invitation; the shop's if absent"`
}

// welcomed is what came of it: a session, or no content after a reset.
type welcomed struct {
	Status    int
	SetCookie []http.Cookie `header:"Set-Cookie"`
	Body      *Session
}

// welcomeRoutes take the token in the body: an address is written to logs.
func (h *handler) welcomeRoutes() {
	register(h, Route{Method: http.MethodPost, Path: "/v1/welcome/look", Permission: user.Public, Summary: "what a one-time link is for"},
		func(ctx context.Context, in *struct {
			Body struct {
				Token string `json:"token" maxLength:"200"`
			}
		},
		) (*answer[WelcomeLink], error) {
			kind, a, err := h.users.Look(ctx, in.Body.Token, visitOf(ctx).address)
			role := a.Role
			if kind == user.Setup {
				role = user.Owner
			}
			return &answer[WelcomeLink]{WelcomeLink{Kind: kind, Email: a.Email, Name: a.Name, Role: role}}, err
		})
	register(h, Route{Method: http.MethodPost, Path: "/v1/welcome", Permission: user.Public, Summary: "use a one-time link: make the owner, accept an invitation, choose another password, after which the answer has no content and one logs in"},
		func(ctx context.Context, in *struct{ Body Acceptance }) (*welcomed, error) {
			x := in.Body
			token, a, err := h.users.Accept(ctx, user.Acceptance{
				Token: x.Token, Email: x.Email, Name: x.Name, Password: x.Password, Language: x.Language, Address: visitOf(ctx).address,
			})
			if err != nil {
				return nil, err
			}
			if token == "" {
				return &welcomed{Status: http.StatusNoContent}, nil
			}
			return &welcomed{http.StatusOK, h.cookie(ctx, token), new(showSession(a))}, nil
		})
}
