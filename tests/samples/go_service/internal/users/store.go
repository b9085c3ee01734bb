// Package users keeps users and answers requests about them.
package users

import (
	"errors"
	"log"
	"strings"
	"sync"
)

// ErrNameMissing is returned for a user without a name.
var ErrNameMissing = errors.New("name is missing")

// User is one user.
type User struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// Store keeps users in memory.
type Store struct {
	mu    sync.Mutex
	users []User
}

// NewStore returns an empty store.
func NewStore() *Store {
	return &Store{}
}

// Add keeps a new user and gives it an id.
func (s *Store) Add(name string) (User, error) {
	log.Printf("[users:Add] name=%q", name)
	name = strings.TrimSpace(name)
	if name == "" {
		log.Printf("[users:Add] error=%v", ErrNameMissing)
		return User{}, ErrNameMissing
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	user := User{ID: len(s.users) + 1, Name: name}
	s.users = append(s.users, user)
	log.Printf("[users:Add] id=%d", user.ID)
	return user, nil
}

// All returns the users in the order in which they came.
func (s *Store) All() []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	log.Printf("[users:All] count=%d", len(s.users))
	return append([]User{}, s.users...)
}
