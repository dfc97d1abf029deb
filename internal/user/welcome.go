package user

import (
	"context"
	"crypto/rand"
	"time"

	"kith/internal/commerce"
)

// LinkKind says what a link is for.
type LinkKind string

// Kinds of links.
const (
	Setup      LinkKind = "setup"      // makes the first owner
	Invitation LinkKind = "invitation" // lets somebody choose their first password
	Reset      LinkKind = "reset"      // lets somebody choose another password
)

// Link is one that works once.
type Link struct {
	Hash      string // of its token
	Kind      LinkKind
	User      string // "" for setup
	ExpiresAt time.Time
}

// linkTime is how long a link works.
const linkTime = 24 * time.Hour

// Invite is a link that was just made: the token is not kept.
type Invite struct {
	Token     string
	Kind      LinkKind
	ExpiresAt time.Time
}

func (b *Book) newLink(kind LinkKind, user string) (Link, Invite) {
	token, expires := rand.Text(), b.now().Add(linkTime)
	return Link{hashOf(token), kind, user, expires}, Invite{token, kind, expires}
}

// Setup makes a link that makes the owner, in place of earlier ones. It says
// false if there are users.
func (b *Book) Setup(ctx context.Context) (Invite, bool, error) {
	b.changing.Lock()
	defer b.changing.Unlock()
	all, err := b.List(ctx)
	if err != nil || len(all) > 0 {
		return Invite{}, false, err
	}
	link, invite := b.newLink(Setup, "")
	return invite, true, b.config.Store.PutLink(ctx, link)
}

// NewLink makes a link for a user, in place of earlier ones: an invitation if
// they never had a password, else one to choose another.
func (b *Book) NewLink(ctx context.Context, id string) (Invite, Account, error) {
	b.changing.Lock()
	defer b.changing.Unlock()
	a, err := b.get(ctx, id)
	if err != nil {
		return Invite{}, a, err
	}
	if !a.DisabledAt.IsZero() {
		return Invite{}, a, commerce.Errorf(commerce.CodeConflict, "%s is disabled; enable them first", a.Email)
	}
	kind := Reset
	if a.Invited() {
		kind = Invitation
	}
	link, invite := b.newLink(kind, a.ID)
	return invite, a, b.config.Store.PutLink(ctx, link, b.log.Note(ctx, "user.link", a.Email, string(kind)))
}

func errGone() error {
	return commerce.Errorf(commerce.CodeNotFound, "the link was used, is older than 24 hours or never was; ask for another one")
}

// Look says what a link is for. The account is empty for setup.
func (b *Book) Look(ctx context.Context, token, address string) (LinkKind, Account, error) {
	link, a, err := b.look(ctx, token, address)
	return link.Kind, a, err
}

// look counts tokens that are none as attempts of their address.
func (b *Book) look(ctx context.Context, token, address string) (Link, Account, error) {
	try, err := b.throttle.begin(addressKey(address))
	if err != nil {
		return Link{}, Account{}, err
	}
	link, found, err := b.config.Store.FindLink(ctx, hashOf(token))
	if err != nil {
		try.undo()
		return Link{}, Account{}, err
	}
	if !found || !b.now().Before(link.ExpiresAt) {
		return Link{}, Account{}, errGone()
	}
	try.undo()
	if link.Kind == Setup {
		return link, Account{}, nil
	}
	a, found, err := b.config.Store.FindUser(ctx, link.User)
	if err == nil && (!found || !a.DisabledAt.IsZero()) {
		err = errGone()
	}
	return link, a, err
}

// Acceptance is what somebody says at a link. Of a reset, Password alone counts.
type Acceptance struct {
	Token    string
	Email    string // of setup
	Name     string
	Password string
	Language string
	Address  string // that they come from
}

// Accept uses a link up. It returns the token of a session, or "" after a reset,
// which logs nobody in: who has the link alone gets no further than that.
func (b *Book) Accept(ctx context.Context, x Acceptance) (string, Account, error) {
	link, a, err := b.look(ctx, x.Token, x.Address)
	if err != nil {
		return "", a, err
	}
	if err := b.fill(&a, link.Kind, x); err != nil {
		return "", a, err
	}
	if a.Password, err = b.hasher.hash(ctx, normalPassword(x.Password)); err != nil {
		return "", a, err
	}
	if a, err = b.accept(ctx, link, a); err != nil {
		return "", a, err
	}
	b.throttle.forget(emailKey(a.Email))
	if link.Kind == Reset {
		return "", a, nil
	}
	token, err := b.sessions.begin(ctx, a.ID, b.noteBy(a, "session.begin", a.Email, "by "+string(link.Kind)))
	return token, a, err
}

// fill takes what somebody says, after checking it.
func (b *Book) fill(a *Account, kind LinkKind, x Acceptance) error {
	if kind == Setup {
		*a = Account{User: User{ID: newID("usr_"), Email: normalEmail(x.Email), Role: Owner, CreatedAt: b.now()}}
		if err := checkEmail(a.Email); err != nil {
			return err
		}
	}
	if kind != Reset {
		if x.Name != "" {
			a.Name = x.Name
		}
		if x.Language != "" {
			a.Language = x.Language
		}
		if err := checkName(a.Name); err != nil {
			return err
		}
		if err := checkLanguage(a.Language); err != nil {
			return err
		}
	}
	return b.checkPassword(x.Password, *a)
}

// checkPassword says why somebody cannot have a password.
func (b *Book) checkPassword(password string, a Account) error {
	shortest := shortestAlone
	if a.HasMFA() {
		shortest = shortestPassword
	}
	return checkPassword(normalPassword(password), shortest, a.Email, a.Name, b.config.Shop(), "kith")
}

// accept makes the change, on the account as it is by now.
func (b *Book) accept(ctx context.Context, link Link, filled Account) (Account, error) {
	b.changing.Lock()
	defer b.changing.Unlock()
	a := filled
	if link.Kind != Setup {
		var err error
		if a, err = b.get(ctx, filled.ID); err != nil || !a.DisabledAt.IsZero() {
			return a, errGone()
		}
		a.Password, a.Name, a.Language = filled.Password, filled.Name, filled.Language
	}
	accepted, err := b.config.Store.Accept(ctx, link.Hash, a, b.noteBy(a, "user.accept", a.Email, string(link.Kind)+", "+string(a.Role)))
	if err == nil && !accepted {
		err = errGone()
	}
	return a, err
}
