package api

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"kith/internal/user"
)

// Team is what commands ask of users, keys and the audit log.
type Team interface {
	ListUsers(ctx context.Context) ([]User, error)
	// UserLink makes a one-time link: an invitation, or to choose another
	// password.
	UserLink(ctx context.Context, id string) (UserLink, error)

	// CreateKey makes a key. Its answer alone has the key's text.
	CreateKey(ctx context.Context, n NewAccessKey) (AccessKey, error)
	ListKeys(ctx context.Context) ([]AccessKey, error)
	// ChangeKey changes what a key is bound to; its text stays.
	ChangeKey(ctx context.Context, id string, c AccessKeyChange) (AccessKey, error)
	// RotateKey makes a key in place of another one. Its answer alone has the
	// new key's text.
	RotateKey(ctx context.Context, id string, r KeyRotation) (AccessKey, error)
	RevokeKey(ctx context.Context, id string) (Deletion, error)

	// Audit lists entries of the audit log, the newest first, and VerifyAudit
	// says whether it is whole.
	Audit(ctx context.Context, q AuditQuestion) (AuditPage, error)
	VerifyAudit(ctx context.Context) (AuditState, error)
}

// User is somebody who logs in.
type User struct {
	ID         string     `json:"id"`
	Email      string     `json:"email"`
	Name       string     `json:"name"`
	Role       user.Role  `json:"role" enum:"owner,editor,analyst,support"`
	Language   string     `json:"language,omitempty" doc:"absent: the shop's"`
	CreatedAt  time.Time  `json:"created_at"`
	DisabledAt *time.Time `json:"disabled_at,omitempty" doc:"absent: they may log in"`
	Invited    bool       `json:"invited" doc:"they have not accepted their invitation yet"`
	MFA        bool       `json:"mfa"`
}

func showUser(a user.Account) User {
	return User{
		ID: a.ID, Email: a.Email, Name: a.Name, Role: a.Role, Language: a.Language, CreatedAt: a.CreatedAt,
		DisabledAt: instantOrNil(a.DisabledAt), Invited: a.Invited(), MFA: a.HasMFA(),
	}
}

// UserList is a list of users.
type UserList struct {
	Users []User `json:"users"`
}

// NewUser is somebody who is invited.
type NewUser struct {
	Email    string    `json:"email" maxLength:"300"`
	Name     string    `json:"name,omitempty" maxLength:"1000"`
	Role     user.Role `json:"role" enum:"owner,editor,analyst,support"`
	Language string    `json:"language,omitempty" maxLength:"100"`
}

// UserLink is a link that works once. Kith sends no mail: hand it over.
type UserLink struct {
	Kind      user.LinkKind `json:"kind" enum:"setup,invitation,reset"`
	Link      string        `json:"link"`
	ExpiresAt time.Time     `json:"expires_at"`
}

// InvitedUser is somebody who was invited just now.
type InvitedUser struct {
	User User `json:"user"`
	UserLink
}

// UserChange is what changes of a user; nil stays.
type UserChange struct {
	Name     *string    `json:"name,omitempty"`
	Language *string    `json:"language,omitempty"`
	Role     *user.Role `json:"role,omitempty" enum:"owner,editor,analyst,support" doc:"their sessions end"`
	Disabled *bool      `json:"disabled,omitempty" doc:"their sessions end"`
	MFA      *bool      `json:"mfa,omitempty" doc:"only false: takes the second factor away from somebody who lost it"`
}

func (h *handler) userRoutes() {
	register(h, Route{Method: http.MethodGet, Path: "/v1/users", Permission: user.Manage, Summary: "users, the oldest first"},
		func(ctx context.Context, _ *struct{}) (*answer[UserList], error) {
			list, err := h.shop.ListUsers(ctx)
			return &answer[UserList]{UserList{list}}, err
		})
	register(h, Route{Method: http.MethodPost, Path: "/v1/users", Permission: user.Manage, Summary: "invite somebody; the answer has the one-time link"},
		func(ctx context.Context, in *struct{ Body NewUser }) (*answer[InvitedUser], error) {
			u, err := h.console.AddUser(ctx, in.Body)
			return &answer[InvitedUser]{u}, err
		})
	register(h, Route{Method: http.MethodPatch, Path: "/v1/users/{id}", Permission: user.Manage, Summary: "change, disable or enable a user"},
		func(ctx context.Context, in *struct {
			ID   string `path:"id"`
			Body UserChange
		},
		) (*answer[User], error) {
			u, err := h.console.ChangeUser(ctx, in.ID, in.Body)
			return &answer[User]{u}, err
		})
	register(h, Route{Method: http.MethodDelete, Path: "/v1/users/{id}", Permission: user.Manage, Summary: "delete a user"},
		func(ctx context.Context, in *idInput) (*answer[Deletion], error) {
			d, err := h.console.DeleteUser(ctx, in.ID)
			return &answer[Deletion]{d}, err
		})
	register(h, Route{Method: http.MethodPost, Path: "/v1/users/{id}/link", Permission: user.Manage, Summary: "a one-time link for a user: their invitation, or to choose another password"},
		func(ctx context.Context, in *idInput) (*answer[UserLink], error) {
			l, err := h.shop.UserLink(ctx, in.ID)
			return &answer[UserLink]{l}, err
		})
}

// userConsole is what the console asks about users.
type userConsole interface {
	AddUser(ctx context.Context, n NewUser) (InvitedUser, error)
	ChangeUser(ctx context.Context, id string, c UserChange) (User, error)
	DeleteUser(ctx context.Context, id string) (Deletion, error)
}

// ListUsers implements Shop.
func (s *Service) ListUsers(ctx context.Context) ([]User, error) {
	all, err := s.config.Users.List(ctx)
	list := make([]User, len(all))
	for i, a := range all {
		list[i] = showUser(a)
	}
	return list, err
}

// UserLink implements Shop.
func (s *Service) UserLink(ctx context.Context, id string) (UserLink, error) {
	invite, _, err := s.config.Users.NewLink(ctx, id)
	return s.link(invite), err
}

func (s *Service) link(i user.Invite) UserLink {
	return UserLink{Kind: i.Kind, Link: s.config.Address() + "/welcome#" + i.Token, ExpiresAt: i.ExpiresAt}
}

// SetupLink makes the link that makes the owner; false if there are users.
func (s *Service) SetupLink(ctx context.Context) (UserLink, bool, error) {
	invite, needed, err := s.config.Users.Setup(ctx)
	return s.link(invite), needed, err
}

// AddUser implements userConsole.
func (s *Service) AddUser(ctx context.Context, n NewUser) (InvitedUser, error) {
	a, invite, err := s.config.Users.Add(ctx, user.NewUser(n))
	return InvitedUser{showUser(a), s.link(invite)}, err
}

// ChangeUser implements userConsole.
func (s *Service) ChangeUser(ctx context.Context, id string, c UserChange) (User, error) {
	a, err := s.config.Users.Change(ctx, id, user.Change{Name: c.Name, Language: c.Language, Role: c.Role, Disabled: c.Disabled, MFA: c.MFA})
	return showUser(a), err
}

// DeleteUser implements userConsole.
func (s *Service) DeleteUser(ctx context.Context, id string) (Deletion, error) {
	return Deletion{ID: id, Outcome: "deleted"}, s.config.Users.Delete(ctx, id)
}

// ListUsers implements Shop.
func (c *Client) ListUsers(ctx context.Context) ([]User, error) {
	list, err := call[UserList](ctx, c, http.MethodGet, "/v1/users", nil)
	return list.Users, err
}

// UserLink implements Shop.
func (c *Client) UserLink(ctx context.Context, id string) (UserLink, error) {
	return call[UserLink](ctx, c, http.MethodPost, "/v1/users/"+url.PathEscape(id)+"/link", nil)
}
