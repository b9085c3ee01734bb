package users

import (
	"errors"
	"testing"
)

func TestAdd(t *testing.T) {
	store := NewStore()
	user, err := store.Add(" Ada ")
	if err != nil || user.ID != 1 || user.Name != "Ada" {
		t.Errorf("got %+v, %v", user, err)
	}
}

func TestAddRefuses(t *testing.T) {
	for _, name := range []string{"", "  "} {
		t.Run("name "+name, func(t *testing.T) {
			if _, err := NewStore().Add(name); !errors.Is(err, ErrNameMissing) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestDisplayName(t *testing.T) {
	if got := DisplayName(User{ID: 1, Name: "ada"}); got != "Ada" {
		t.Errorf("got %q", got)
	}
}
