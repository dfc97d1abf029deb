package user

import (
	"context"
	"strings"
	"unicode/utf8"

	"kith/internal/audit"
	"kith/internal/commerce"
)

// SelfChange is what users change about themselves; nil stays.
type SelfChange struct {
	Name, Language, Password *string
	Current                  string // the password, which another one needs
	Address                  string
}

// ChangeSelf changes a user by themselves. With another password all of their
// sessions end, and it returns the token of a new one.
func (b *Book) ChangeSelf(ctx context.Context, id string, c SelfChange) (string, Account, error) {
	var known Account
	var hash string
	if c.Password != nil {
		var err error
		if known, err = b.confirm(ctx, id, c.Current, c.Address); err != nil {
			return "", known, err
		}
		if err = b.checkPassword(*c.Password, known); err != nil {
			return "", known, err
		}
		if hash, err = b.hasher.hash(ctx, normalPassword(*c.Password)); err != nil {
			return "", known, err
		}
	}
	b.changing.Lock()
	defer b.changing.Unlock()
	a, err := b.get(ctx, id)
	if err != nil {
		return "", a, err
	}
	var what []string
	if c.Name != nil {
		a.Name, what = *c.Name, append(what, "name "+*c.Name)
	}
	if c.Language != nil {
		a.Language, what = *c.Language, append(what, "language "+*c.Language)
	}
	if err := checkName(a.Name); err != nil {
		return "", a, err
	}
	if err := checkLanguage(a.Language); err != nil {
		return "", a, err
	}
	if hash != "" {
		if a.Password != known.Password {
			return "", a, errChanged()
		}
		a.Password, what = hash, append(what, "password")
	}
	if what == nil {
		return "", a, nil
	}
	return b.putSelf(ctx, a, hash != "", b.log.Note(ctx, "user.change", a.Email, strings.Join(what, ", ")))
}

func errChanged() error {
	return commerce.Errorf(commerce.CodeConflict, "the password was changed meanwhile; log in again")
}

// putSelf keeps a user's own change, and gives them a new session where the
// change ends all of theirs.
func (b *Book) putSelf(ctx context.Context, a Account, endSessions bool, n audit.Note) (string, Account, error) {
	if err := b.config.Store.PutUser(ctx, a, endSessions, n); err != nil || !endSessions {
		return "", a, err
	}
	token, err := b.sessions.begin(ctx, a.ID)
	return token, a, err
}

// confirm wants the password of somebody who is logged in.
func (b *Book) confirm(ctx context.Context, id, password, address string) (Account, error) {
	a, err := b.get(ctx, id)
	if err != nil {
		return a, err
	}
	try, err := b.throttle.begin(emailKey(a.Email), addressKey(address))
	if err != nil {
		return a, err
	}
	if len(password) > longestPassword {
		password = ""
	}
	ok, err := b.hasher.matches(ctx, a.Password, normalPassword(password))
	if err != nil || ok {
		try.undo()
	}
	if err == nil && !ok {
		b.failed(ctx, a, address)
		err = commerce.Errorf(commerce.CodeDenied, "the current password is wrong")
	}
	return a, err
}

// Enrolment is a second factor that is not confirmed yet.
type Enrolment struct {
	Secret string // in base32, to be typed
	URI    string // to be shown as a QR code
}

// BeginTOTP makes a secret for an app. It counts once ConfirmTOTP saw a code.
func (b *Book) BeginTOTP(ctx context.Context, id, password, address string) (Enrolment, error) {
	known, err := b.confirm(ctx, id, password, address)
	if err != nil {
		return Enrolment{}, err
	}
	b.changing.Lock()
	defer b.changing.Unlock()
	a, err := b.get(ctx, id)
	switch {
	case err != nil:
		return Enrolment{}, err
	case a.Password != known.Password:
		return Enrolment{}, errChanged()
	case a.HasMFA():
		return Enrolment{}, commerce.Errorf(commerce.CodeConflict, "there is a second factor already; remove it first")
	}
	a.Pending = newSecret()
	shop := b.config.Shop()
	if shop = strings.TrimSpace(strings.ReplaceAll(shop, ":", " ")); shop == "" {
		shop = "Kith"
	}
	return Enrolment{secretText(a.Pending), totpURI(a.Pending, shop, a.Email)}, b.config.Store.PutUser(ctx, a, false)
}

// ConfirmTOTP makes the secret count, if the code is the app's. All sessions
// end; it returns the token of a new one, and the recovery codes.
func (b *Book) ConfirmTOTP(ctx context.Context, id, code, address string) (token string, codes []string, err error) {
	b.changing.Lock()
	defer b.changing.Unlock()
	a, err := b.get(ctx, id)
	if err != nil {
		return "", nil, err
	}
	if a.Pending == nil || a.HasMFA() {
		return "", nil, commerce.Errorf(commerce.CodeConflict, "no second factor waits to be confirmed; begin anew")
	}
	try, err := b.throttle.begin(emailKey(a.Email), addressKey(address))
	if err != nil {
		return "", nil, err
	}
	step := totpStep(a.Pending, code, b.now(), 0)
	if step == 0 {
		return "", nil, commerce.Errorf(commerce.CodeDenied, "the code is not the app's; compare the clocks")
	}
	try.undo()
	a.SecondFactor = SecondFactor{Secret: a.Pending, Step: step}
	codes, a.Recovery = newRecovery()
	token, _, err = b.putSelf(ctx, a, true, b.log.Note(ctx, "user.change", a.Email, "second factor on"))
	return token, codes, err
}

// RemoveTOTP takes a user's second factor away: password and code are needed.
// All sessions end; it returns the token of a new one.
func (b *Book) RemoveTOTP(ctx context.Context, id, password, code, address string) (string, error) {
	known, err := b.confirm(ctx, id, password, address)
	if err != nil {
		return "", err
	}
	try, err := b.throttle.begin(emailKey(known.Email), addressKey(address))
	if err != nil {
		return "", err
	}
	b.changing.Lock()
	defer b.changing.Unlock()
	a, err := b.get(ctx, id)
	switch {
	case err != nil:
		return "", err
	case a.Password != known.Password:
		return "", errChanged()
	case !a.HasMFA():
		try.undo()
		return "", commerce.Errorf(commerce.CodeConflict, "there is no second factor")
	}
	if utf8.RuneCountInString(normalPassword(password)) < shortestAlone {
		try.undo()
		return "", commerce.Errorf(commerce.CodeConflict, "without a second factor a password has %d characters or more; choose a longer one first", shortestAlone)
	}
	if ok, _ := a.use(code, b.now()); !ok {
		b.failed(ctx, a, address)
		return "", commerce.Errorf(commerce.CodeDenied, "the code is wrong, or was used before")
	}
	try.undo()
	// The step stays: a code that was used works never again.
	a.SecondFactor = SecondFactor{Step: a.Step}
	token, _, err := b.putSelf(ctx, a, true, b.log.Note(ctx, "user.change", a.Email, "second factor off"))
	return token, err
}
