%% The flood between Erlang's nodes, compiled, to compare with: what each message costs.
-module(flood).
-export([sink/0, send/3]).

cpu_us() ->
    {Milliseconds, _} = statistics(runtime),
    Milliseconds * 1000.

%% Answers as the sink of bench/cluster/peer.cpp does.
sink() ->
    register(sink, self()),
    io:format("ready~n"),
    count(0).

count(N) ->
    receive
        {ask, From} ->
            From ! {usage, self(), N, 0, cpu_us(), 0, 0, 0},
            count(N);
        Text when is_binary(Text) ->
            count(N + 1)
    end.

%% Prints how many have arrived, and the CPU of both nodes for each in microseconds.
send(Node, Count, Size) ->
    {sink, Node} ! {ask, self()},
    {Sink, First} = receive {usage, P, _, _, C, _, _, _} -> {P, C} end,
    Text = binary:copy(<<"x">>, Size),
    Own = cpu_us(),
    flood(Sink, Text, Count),
    Sink ! {ask, self()},
    receive
        {usage, _, N, _, Last, _, _, _} ->
            io:format("[~b, ~p, ~p]~n", [N, (cpu_us() - Own) / Count, (Last - First) / Count])
    end,
    halt().

flood(_, _, 0) -> ok;
flood(Sink, Text, Count) ->
    Sink ! Text,
    flood(Sink, Text, Count - 1).
