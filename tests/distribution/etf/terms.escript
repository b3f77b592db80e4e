#!/usr/bin/env escript
%%! +pc unicode
%% Erlang's side of erlang_terms.test.cpp. Each line of terms.txt is an expression.
%%   encode TERMS         prints, for each, `NUMBER NAME HEX` for every way to write it
%%   decode TERMS OCTETS  OCTETS has lines `NUMBER HEX`; prints those that are not the same term

-mode(compile).

main(["encode", Terms]) ->
    [print(N, Name, Octets) || {N, T} <- terms(Terms), {Name, Octets} <- ways(T)];
main(["decode", Terms, File]) ->
    {ok, Lines} = file:read_file(File),
    Expected = maps:from_list(terms(Terms)),
    [check(string:split(L, " "), Expected) || L <- string:lexemes(Lines, "\n")],
    io:put_chars("end\n").

ways(T) ->
    [{"default", term_to_binary(T)}]
        ++ [{"minor" ++ integer_to_list(M), term_to_binary(T, [{minor_version, M}])} || M <- [0, 1, 2]]
        ++ [{"compressed", C} || <<131, 80, _/binary>> = C <- [term_to_binary(T, [compressed])]]
        ++ [{"printed", unicode:characters_to_binary(io_lib:format("~0tp", [T]))}].

print(N, Name, Octets) ->
    io:put_chars([integer_to_list(N), " ", Name, " ", hex(Octets), "\n"]).

hex(Octets) -> [string:lowercase(integer_to_list(D, 16)) || <<D:4>> <= Octets].

check([Number, Hex], Expected) ->
    N = binary_to_integer(Number),
    Octets = << <<(binary_to_integer(<<D>>, 16)):4>> || <<D>> <= Hex >>,
    Found = try binary_to_term(Octets) catch _:Reason -> {'not read', Reason} end,
    case Found =:= maps:get(N, Expected) of
        true -> ok;
        false -> io:format("~b ~0tp~n", [N, Found])
    end.

terms(File) ->
    {ok, Octets} = file:read_file(File),
    Lines = string:lexemes(unicode:characters_to_list(Octets), "\n"),
    lists:zip(lists:seq(1, length(Lines)), [evaluated(L) || L <- Lines]).

evaluated(Line) ->
    {ok, Tokens, _} = erl_scan:string(Line ++ "."),
    {ok, Parsed} = erl_parse:parse_exprs(Tokens),
    {value, Term, _} = erl_eval:exprs(Parsed, #{}),
    Term.
