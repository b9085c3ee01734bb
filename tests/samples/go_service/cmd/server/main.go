// Command server answers requests about users.
package main

import (
	"log"
	"net/http"
	"os"

	"example.com/users/internal/users"
)

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	store := users.NewStore()
	log.Printf("[main:main] listening on port %s", port)
	if err := http.ListenAndServe("127.0.0.1:"+port, users.NewHandler(store)); err != nil {
		log.Fatalf("[main:main] error=%v", err)
	}
}
