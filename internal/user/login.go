package user

import (
	"context"

	"kith/internal/audit"
	"kith/internal/commerce"
)

// Login is what somebody logs in with.
type Login struct {
	Email    string
	Password string
	Code     string // of the app, or a recovery code; "" if none was asked for
	Address  string // that they come from
}

func errWrong() error {
	return commerce.Errorf(commerce.CodeUnknown, "the e-mail or the password is wrong")
}

// Login makes a session and returns its token. What fails fails alike: who is
// unknown, disabled or invited costs as much and is told the same as who has
// another password.
func (b *Book) Login(ctx context.Context, l Login) (string, Account, error) {
	email := normalEmail(l.Email)
	try, err := b.throttle.begin(emailKey(email), addressKey(l.Address))
	if err != nil {
		return "", Account{}, err
	}
	a, err := b.authenticate(ctx, email, l)
	switch commerce.CodeOf(err) {
	case commerce.CodeNone:
		if err != nil {
			return "", Account{}, err
		}
	case commerce.CodeUnknown:
		b.failed(ctx, a, l.Address)
		return "", Account{}, err
	default: // a code is needed, or Kith is busy: that is no wrong guess
		try.undo()
		return "", Account{}, err
	}
	token, a, err := b.enter(ctx, a, l.Code)
	if commerce.CodeOf(err) == commerce.CodeUnknown {
		b.failed(ctx, a, l.Address)
	}
	if err != nil {
		return "", Account{}, err
	}
	try.undo()
	b.throttle.forget(emailKey(email))
	return token, a, nil
}

// authenticate looks at e-mail and password. With the error that they are
// wrong it returns the account that is meant, if there is one.
func (b *Book) authenticate(ctx context.Context, email string, l Login) (Account, error) {
	a, _, err := b.config.Store.FindUserByEmail(ctx, email)
	if err != nil {
		return Account{}, err
	}
	password := l.Password
	if len(password) > longestPassword {
		password = "" // nobody's, and not worth the work
	}
	ok, err := b.hasher.matches(ctx, a.Password, normalPassword(password))
	switch {
	case err != nil:
		return Account{}, err
	case !ok || !a.active():
		return a, errWrong()
	case a.HasMFA() && l.Code == "":
		return a, commerce.Errorf(commerce.CodeSecondFactor, "the code of the authenticator app, or a recovery code, is needed as well")
	}
	return a, nil
}

// enter takes the second factor, if there is one, and makes the session of
// somebody whose password was right.
func (b *Book) enter(ctx context.Context, known Account, code string) (string, Account, error) {
	b.changing.Lock()
	defer b.changing.Unlock()
	a, err := b.get(ctx, known.ID)
	switch {
	case err != nil && commerce.CodeOf(err) != commerce.CodeNotFound:
		return "", known, err
	case err != nil || a.Password != known.Password || !a.active():
		return "", known, errWrong() // it changed meanwhile
	}
	if a.HasMFA() {
		if err := b.useCode(ctx, &a, code); err != nil {
			return "", a, err
		}
	}
	token, err := b.sessions.begin(ctx, a.ID, b.noteBy(a, "session.begin", a.Email, ""))
	return token, a, err
}

// useCode takes a code, and keeps that it was used.
func (b *Book) useCode(ctx context.Context, a *Account, code string) error {
	ok, recovery := a.use(code, b.now())
	if !ok {
		return commerce.Errorf(commerce.CodeUnknown, "the code is wrong, or was used before; an app shows another one every 30 seconds")
	}
	var notes []audit.Note
	if recovery {
		notes = append(notes, b.noteBy(*a, "user.recovery_code", a.Email, "a recovery code was used"))
	}
	return b.config.Store.PutUser(ctx, *a, false, notes...)
}

// noteBy is a note by a user, in a request that came without a session.
func (b *Book) noteBy(a Account, action, object, detail string) audit.Note {
	return audit.Note{At: b.now(), Actor: a.Email, Action: action, Object: object, Detail: detail}
}

// Logout ends a session.
func (b *Book) Logout(ctx context.Context, token string) error {
	return b.sessions.end(ctx, token, b.log.Note(ctx, "session.end", audit.ActorOf(ctx), ""))
}
