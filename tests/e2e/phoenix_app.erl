%% What other nodes see of an application of Phoenix whose PubSub is MyApp.PubSub: the workers of
%% the adapter, what an endpoint broadcasts, and the tokens that it signs.
-module(phoenix_app).
-export([start/1, await/2, broadcast/4, publish/3, heard/1, token/4]).

-define(SCOPE, 'Elixir.Phoenix.PubSub').

%% The caller is the subscriber of all topics.
start(Pool) ->
    {ok, _} = pg:start_link(?SCOPE),
    Subscriber = self(),
    [worker(group(Nth), Subscriber) || Nth <- lists:seq(1, Pool)],
    ok.

%% Until a worker of another node is in each group.
await(Pool, Node) ->
    Groups = [group(Nth) || Nth <- lists:seq(1, Pool)],
    case [G || G <- Groups, not lists:member(Node, [node(P) || P <- others(G)])] of
        [] -> ok;
        _ -> timer:sleep(10), await(Pool, Node)
    end.

%% MyAppWeb.Endpoint.broadcast(Topic, Event, Payload), by the Nth worker of each node.
broadcast(Nth, Topic, Event, Payload) ->
    Message = #{'__struct__' => 'Elixir.Phoenix.Socket.Broadcast', topic => Topic,
                event => Event, payload => Payload},
    forward(Nth, Topic, Message, 'Elixir.Phoenix.Channel.Server').

%% Phoenix.PubSub.broadcast(MyApp.PubSub, Topic, Message)
publish(Nth, Topic, Message) ->
    forward(Nth, Topic, Message, ?SCOPE).

%% What a subscriber gets next: {Topic, Event, Payload} of a broadcast.
heard(Limit) ->
    receive
        {heard, Topic, #{event := Event, payload := Payload}} -> {Topic, Event, Payload};
        {heard, Topic, Message} -> {Topic, Message}
    after Limit -> nothing
    end.

%% Phoenix.Token.sign(Endpoint, "user socket", Data), so many seconds ago.
token(Secret, Data, Ago, MaxAge) ->
    Key = crypto:pbkdf2_hmac(sha256, Secret, <<"user socket">>, 1000, 32),
    SignedAt = erlang:system_time(millisecond) - Ago * 1000,
    Said = <<"SFMyNTY.", (url(term_to_binary({Data, SignedAt, MaxAge})))/binary>>,
    Signature = url(crypto:mac(hmac, sha256, Key, Said)),
    <<Said/binary, $., Signature/binary>>.

url(Octets) ->
    Text = binary:replace(base64:encode(Octets), <<"=">>, <<>>, [global]),
    binary:replace(binary:replace(Text, <<"+">>, <<"-">>, [global]), <<"/">>, <<"_">>, [global]).

group(1) -> 'Elixir.MyApp.PubSub.Adapter';
group(Nth) -> list_to_atom("Elixir.MyApp.PubSub.Adapter_" ++ integer_to_list(Nth)).

others(Group) ->
    [P || P <- pg:get_members(?SCOPE, Group), node(P) =/= node()].

forward(Nth, Topic, Message, Dispatcher) ->
    [P ! {forward_to_local, Topic, Message, Dispatcher} || P <- others(group(Nth))],
    ok.

worker(Group, Subscriber) ->
    spawn_link(fun() ->
        register(Group, self()),
        ok = pg:join(?SCOPE, Group, self()),
        dispatch(Subscriber)
    end).

dispatch(Subscriber) ->
    receive
        {forward_to_local, Topic, Message, _Dispatcher} -> Subscriber ! {heard, Topic, Message};
        _ -> ok
    end,
    dispatch(Subscriber).
