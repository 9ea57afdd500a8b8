// Measures LiveKit's own placement of rooms. Each command prints one line of JSON.
//
//	selector     its node selectors, with the nodes in memory
//	create-room  its CreateRoom endpoint, with a Redis full of nodes
//	race         its placement of one room by several replicas at once
//	race-servers the same with real servers, counted by the rooms that they host
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

var commands = map[string]func(context.Context, *flag.FlagSet, []string) (any, error){
	"selector":     selectorCommand,
	"create-room":  createRoomCommand,
	"race":         raceCommand,
	"race-servers": raceServersCommand,
}

func main() {
	// An interrupted run still removes its nodes from Redis.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 || commands[args[0]] == nil {
		return errors.New("say one of selector, create-room, race, race-servers")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	figures, err := commands[args[0]](ctx, flags, args[1:])
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(figures)
}
