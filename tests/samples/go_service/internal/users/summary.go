package users

import "fmt"

// Summary tells how many users there are.
func Summary(users []User) string {
	return fmt.Sprintf("%s users", len(users))
}

// DisplayName is how a user is greeted.
func DisplayName(user User) string {
	return user.Name
}
