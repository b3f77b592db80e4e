%% The node of the network test that is Erlang's: it does what the lines of its input say, and prints
%% what it hears, as the nodes of C++ do (probe.hpp lists the lines).
-module(network_peer).
-export([start/0]).

-record(state, {kept = #{}, watched = #{}, links = #{}, monitors = #{}, ends = #{}, streamers = #{},
                heard = #{}, hauls = #{}}).

start() ->
    register(probe, self()),
    process_flag(trap_exit, true),
    ok = net_kernel:monitor_nodes(true, #{node_type => all}),
    {ok, _} = pg:start(network),
    {_, _} = pg:monitor_scope(network),
    ok = pg:join(network, all, self()),
    spawn(fun read/0),
    tell(["ready"]),
    loop(#state{}).

read() ->
    case io:get_line("") of
        Line when is_list(Line) ->
            probe ! {command, string:lexemes(Line, " \n")},
            read();
        _ -> erlang:halt(0)
    end.

tell(Words) -> io:put_chars([lists:join($\s, [word(W) || W <- Words]), $\n]).

word(W) when is_list(W) -> W;
word(W) when is_binary(W) -> W;
word(W) when is_float(W) -> float_to_list(W, [{decimals, 3}]);
word(W) -> io_lib:format("~0p", [W]).

node_word(Node) -> atom_to_list(Node).

loop(State) ->
    receive
        {command, [Verb, Node | Rest]} -> loop(obey(Verb, list_to_atom(Node), Rest, State));
        {command, [Verb]} -> loop(obey(Verb, none, [], State));
        Message -> loop(take(Message, State))
    end.

%% Lines.

obey("keep", Node, [], State) ->
    {probe, Node} ! {who_is, self()},
    State;
obey("ask", Node, [N], State) ->
    map_get(Node, State#state.kept) ! {ping, self(), list_to_integer(N)},
    State;
obey("watch", Node, [], State) ->
    Ref = monitor(process, map_get(Node, State#state.kept)),
    State#state{watched = maps:put(Ref, Node, State#state.watched)};
obey("tie", Node, [N], State) ->
    {probe, Node} ! {populate, self(), list_to_integer(N)},
    State;
obey("stream", Node, [], State) ->
    To = map_get(Node, State#state.kept),
    Streamer = spawn(fun() -> timer:send_interval(2, again), stream(To, 0) end),
    State#state{streamers = maps:put(Node, Streamer, State#state.streamers)};
obey("end", Node, [], State) ->
    map_get(Node, State#state.streamers) ! stop,
    State;
obey("count", Node, [], State) ->
    {_, Count, Last} = maps:get(Node, State#state.heard, {none, 0, 0}),
    tell(["counted", node_word(Node), Count, Last]),
    State;
obey("large", Node, [Octets], State) ->
    To = map_get(Node, State#state.kept),
    Asks = self(),
    spawn(fun() -> To ! {bulk, Asks, binary:copy(<<"x">>, list_to_integer(Octets))} end),
    ping(Node, [], State);
obey("say", Node, [Who, Text], State) ->
    {probe, Node} ! {said, list_to_binary(Who), list_to_binary(Text)},
    State;
obey("members", none, [], State) ->
    Nodes = [node(P) || P <- pg:get_members(network, all), node(P) =/= node()],
    tell(["members" | [node_word(N) || N <- lists:sort(Nodes)]]),
    State.

stream(To, Last) ->
    receive
        again -> To ! {numbered, self(), Last + 1}, stream(To, Last + 1);
        stop -> tell(["streamed", node_word(node(To)), Last])
    end.

ping(Node, Took, State) ->
    map_get(Node, State#state.kept) ! {ping, self(), 0},
    Now = erlang:monotonic_time(microsecond),
    State#state{hauls = maps:put(Node, {Now, Took}, State#state.hauls)}.

%% Requests of others.

take({who_is, From}, State) ->
    From ! {i_am, self()},
    State;
take({ping, From, N}, State) ->
    From ! {pong, self(), N},
    State;
take({populate, From, N}, State) ->
    From ! {crowd, [spawn(fun() -> receive never -> ok end end) || _ <- lists:seq(1, N)]},
    State;
take({bulk, From, Octets}, State) ->
    From ! {got, self(), byte_size(Octets)},
    State;
take({numbered, From, N}, State) ->
    Node = node(From),
    {Count, Last} = case State#state.heard of
        #{Node := {From, C, L}} -> {C, L};
        _ -> {0, 0}
    end,
    N > Last orelse tell(["disorder", node_word(Node), Last, N]),
    State#state{heard = maps:put(Node, {From, Count + 1, N}, State#state.heard)};
take(Said, State) when element(1, Said) =:= said ->
    tell(tuple_to_list(Said)),
    State;

%% Their answers.

take({i_am, Pid}, State) ->
    Node = node(Pid),
    How = case State#state.kept of
        #{Node := Pid} -> "same";
        #{Node := _} -> "other";
        _ -> "new"
    end,
    tell(["kept", node_word(Node), How]),
    State#state{kept = maps:put(Node, Pid, State#state.kept)};
take({crowd, All}, State) ->
    Links = maps:from_list([{P, true} || P <- All, link(P)]),
    Monitors = maps:from_list([{monitor(process, P), true} || P <- All]),
    Node = node(hd(All)),
    tell(["tied", node_word(Node)]),
    State#state{links = maps:merge(State#state.links, Links),
                monitors = maps:merge(State#state.monitors, Monitors),
                ends = maps:put(Node, {2 * length(All), 0, 0, 0}, State#state.ends)};
take({pong, From, N}, State) ->
    Node = node(From),
    case State#state.hauls of
        #{Node := {Sent, Took}} ->
            ping(Node, [erlang:monotonic_time(microsecond) - Sent | Took], State);
        _ ->
            tell(["answer", node_word(Node), N]),
            State
    end;
take({got, From, Octets}, State) ->
    Node = node(From),
    {{Sent, Took}, Hauls} = maps:take(Node, State#state.hauls),
    All = lists:sort([erlang:monotonic_time(microsecond) - Sent | Took]),
    Median = lists:nth(length(All) div 2 + 1, All) / 1000,
    tell(["large", node_word(Node), Octets, length(All), Median, lists:last(All) / 1000]),
    State#state{hauls = Hauls};

%% What the runtime says.

take({'EXIT', Pid, Why}, State) ->
    case maps:take(Pid, State#state.links) of
        {_, Links} -> ended(node(Pid), 2, Why, State#state{links = Links});
        error -> surplus(Pid, Why, State)
    end;
take({'DOWN', Ref, process, Pid, Why}, State) ->
    case {maps:take(Ref, State#state.watched), maps:take(Ref, State#state.monitors)} of
        {{Node, Watched}, _} ->
            tell(["gone", node_word(Node), Why]),
            State#state{watched = Watched};
        {_, {_, Monitors}} -> ended(node(Pid), 3, Why, State#state{monitors = Monitors});
        _ -> surplus(Pid, Why, State)
    end;
take({nodeup, Node, _}, State) ->
    tell(["up", node_word(Node)]),
    State;
take({nodedown, Node, _}, State) ->
    tell(["down", node_word(Node)]),
    State;
take({_, join, all, Pids}, State) -> membership("joined", Pids, State);
take({_, leave, all, Pids}, State) -> membership("left", Pids, State);
take(Other, State) ->
    tell(["unknown", Other]),
    State.

membership(What, Pids, State) ->
    [tell([What, node_word(node(P))]) || P <- Pids, node(P) =/= node()],
    State.

ended(Node, Kind, Why, State) ->
    Place = case Why of noconnection -> Kind; _ -> 4 end,
    Ends = map_get(Node, State#state.ends),
    Now = setelement(Place, Ends, element(Place, Ends) + 1),
    case Now of
        {All, Exits, Downs, Others} when Exits + Downs + Others =:= All ->
            tell(["broken", node_word(Node), Exits, Downs, Others]);
        _ -> ok
    end,
    State#state{ends = maps:put(Node, Now, State#state.ends)}.

surplus(Pid, Why, State) ->
    tell(["surplus", Pid, Why]),
    State.
