package user

import (
	"context"
	"strings"

	"kith/internal/commerce"
)

// NewUser is somebody who is invited.
type NewUser struct {
	Email, Name string
	Role        Role
	Language    string
}

// Add invites somebody: they can log in once they followed the link.
func (b *Book) Add(ctx context.Context, n NewUser) (Account, Invite, error) {
	a := Account{User: User{
		ID: newID("usr_"), Email: normalEmail(n.Email), Name: n.Name, Role: n.Role, Language: n.Language, CreatedAt: b.now(),
	}}
	for _, err := range []error{checkEmail(a.Email), checkName(a.Name), checkRole(a.Role), checkLanguage(a.Language)} {
		if err != nil {
			return a, Invite{}, err
		}
	}
	b.changing.Lock()
	defer b.changing.Unlock()
	all, err := b.List(ctx)
	if err != nil {
		return a, Invite{}, err
	}
	switch {
	case len(all) == 0:
		return a, Invite{}, commerce.Errorf(commerce.CodeConflict, "there is no owner yet: the set-up link that \"kith serve\" prints makes one")
	case len(all) >= MaxUsers:
		return a, Invite{}, commerce.Errorf(commerce.CodeConflict, "there are %d users already, which is as many as there may be", len(all))
	}
	for _, other := range all {
		if other.Email == a.Email {
			return a, Invite{}, commerce.Errorf(commerce.CodeConflict, "there is a user %s already", a.Email)
		}
	}
	link, invite := b.newLink(Invitation, a.ID)
	return a, invite, b.config.Store.AddUser(ctx, a, link, b.log.Note(ctx, "user.add", a.Email, string(a.Role)))
}

// Change is what an owner changes of a user; nil stays.
type Change struct {
	Name, Language *string
	Role           *Role
	Disabled       *bool
	MFA            *bool // only false: takes the second factor away
}

// Change changes a user. Their sessions end if what they may changes.
func (b *Book) Change(ctx context.Context, id string, c Change) (Account, error) {
	b.changing.Lock()
	defer b.changing.Unlock()
	before, err := b.get(ctx, id)
	if err != nil {
		return before, err
	}
	a, what, err := b.changed(before, c)
	if err != nil || what == nil {
		return before, err
	}
	if before.Role == Owner && (a.Role != Owner || !a.DisabledAt.IsZero()) {
		if err := b.notTheLastOwner(ctx, before); err != nil {
			return before, err
		}
	}
	ends := a.Role != before.Role || !a.DisabledAt.Equal(before.DisabledAt) || a.HasMFA() != before.HasMFA()
	return a, b.config.Store.PutUser(ctx, a, ends, b.log.Note(ctx, "user.change", a.Email, strings.Join(what, ", ")))
}

// changed makes a change, and says what it comes to.
func (b *Book) changed(a Account, c Change) (_ Account, what []string, err error) {
	set := func(to *string, from *string, name string) {
		if from != nil && *to != *from {
			*to, what = *from, append(what, name+" "+*from)
		}
	}
	set(&a.Name, c.Name, "name")
	set(&a.Language, c.Language, "language")
	if c.Role != nil && a.Role != *c.Role {
		what = append(what, "role "+string(*c.Role)+", was "+string(a.Role))
		a.Role = *c.Role
	}
	if c.Disabled != nil && *c.Disabled == a.DisabledAt.IsZero() {
		if *c.Disabled {
			a.DisabledAt, what = b.now(), append(what, "disabled")
		} else {
			a.DisabledAt, what = Account{}.DisabledAt, append(what, "enabled")
		}
	}
	if c.MFA != nil && *c.MFA != a.HasMFA() {
		if *c.MFA {
			return a, nil, commerce.Errorf(commerce.CodeInvalid, "only users themselves can set up a second factor")
		}
		a.SecondFactor, what = SecondFactor{Step: a.Step}, append(what, "second factor off")
	}
	for _, err := range []error{checkName(a.Name), checkRole(a.Role), checkLanguage(a.Language)} {
		if err != nil {
			return a, nil, err
		}
	}
	return a, what, nil
}

// Delete removes a user.
func (b *Book) Delete(ctx context.Context, id string) error {
	b.changing.Lock()
	defer b.changing.Unlock()
	a, err := b.get(ctx, id)
	if err != nil {
		return err
	}
	if a.Role == Owner {
		if err := b.notTheLastOwner(ctx, a); err != nil {
			return err
		}
	}
	return b.config.Store.DeleteUser(ctx, id, b.log.Note(ctx, "user.delete", a.Email, string(a.Role)))
}

// notTheLastOwner wants another owner who can log in, if this one can.
func (b *Book) notTheLastOwner(ctx context.Context, a Account) error {
	if !a.active() {
		return nil
	}
	all, err := b.List(ctx)
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.ID != a.ID && other.Role == Owner && other.active() {
			return nil
		}
	}
	return commerce.Errorf(commerce.CodeConflict, "%s is the last owner who can log in; make somebody else an owner first", a.Email)
}
