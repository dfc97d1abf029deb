package webhook

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// message is what is posted. The same event makes the same id at any time.
type message struct {
	id   string
	body []byte
}

// content is a body, as Standard Webhooks recommends it.
type content struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      any       `json:"data"`
}

// messageOf makes the message of an event. There is no "." in the id: the
// specification puts one between it and what is signed behind it.
func messageOf(e Event) (message, error) {
	id := strconv.FormatInt(e.Place.Number, 10) + "-" + strconv.FormatInt(e.Place.Person, 10)
	return newMessage(id, content{e.Type, e.At.UTC(), e.Data})
}

// testType is the type of messages that only try whether one arrives.
const testType = "webhook.test"

func testMessage(w Webhook, now time.Time) (message, error) {
	data := map[string]string{"webhook": w.ID}
	return newMessage("test-"+rand.Text(), content{testType, now.UTC(), data})
}

func newMessage(id string, c content) (message, error) {
	body, err := json.Marshal(c)
	if err != nil {
		return message{}, fmt.Errorf("writing message %s: %w", id, err)
	}
	return message{id, body}, nil
}
