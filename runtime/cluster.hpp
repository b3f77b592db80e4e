// Joining other nodes, ours and Erlang's.
#pragma once

#include "address/name_at.hpp"
#include "address/not_transmissible.hpp"
#include "distribution/cluster.hpp"
#include "distribution/cluster_metrics.hpp"
