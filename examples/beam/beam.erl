%% The other half of main.cpp, for the Erlang shell.
-module(beam).
-behaviour(gen_server).
-export([visitors/1, greet/2, watch/1, start/0, init/1, handle_call/3, handle_cast/2]).

%% Calls the gen_server of C++: the pids of the connections.
visitors(Node) -> gen_server:call({desk, Node}, visitors).

%% Sends to every connection.
greet(Node, Text) -> [Pid ! {greet, Text} || Pid <- visitors(Node)].

%% Monitors a connection until it ends, and says why it did.
watch(Pid) ->
    Ref = monitor(process, Pid),
    receive {'DOWN', Ref, process, Pid, Reason} -> Reason end.

%% The gen_server that connections call.
start() -> gen_server:start({local, shouter}, ?MODULE, [], []).
init([]) -> {ok, []}.
handle_call({shout, Text}, _From, State) -> {reply, string:uppercase(Text), State}.
handle_cast(_, State) -> {noreply, State}.
