// Every workload, one line each, in alphabetical order. A cell holds all of them.
#pragma once

#include "workloads/bfs.hpp"
#include "workloads/cholesky.hpp"
#include "workloads/fib.hpp"
#include "workloads/for_range.hpp"
#include "workloads/integrate.hpp"
#include "workloads/knapsack.hpp"
#include "workloads/lattice.hpp"
#include "workloads/lattice_clone.hpp"
#include "workloads/matmul.hpp"
#include "workloads/mergesort.hpp"
#include "workloads/noop_batch.hpp"
#include "workloads/nqueens.hpp"
#include "workloads/pareto_body.hpp"
#include "workloads/quicksort.hpp"
#include "workloads/reduce.hpp"
#include "workloads/scan.hpp"
#include "workloads/skynet.hpp"
#include "workloads/spin_tree.hpp"
#include "workloads/spmv.hpp"
#include "workloads/stencil.hpp"
#include "workloads/strassen.hpp"
#include "workloads/tile_updates.hpp"
#include "workloads/tree_sum.hpp"
#include "workloads/uts.hpp"
#include "workloads/wave_add.hpp"
#include "workloads/wave_phasor.hpp"
#include "workloads/wave_tasks.hpp"
#include "workloads/workload.hpp"

namespace an::workloads {

using All = List<bfs::Workload,  //
                 cholesky::Workload,
                 fib::Workload,
                 for_range::Workload,
                 integrate::Workload,
                 knapsack::Workload,
                 lattice::Workload,
                 lattice_clone::Workload,
                 matmul::Workload,
                 mergesort::Workload,
                 noop_batch::Workload,
                 nqueens::Workload,
                 pareto_body::Workload,
                 quicksort::Workload,
                 reduce::Workload,
                 scan::Workload,
                 skynet::Workload,
                 spin_tree::Workload,
                 spmv::Workload,
                 stencil::Workload,
                 strassen::Workload,
                 tile_updates::Workload,
                 tree_sum::Workload,
                 uts::Workload,
                 wave_add::Workload,
                 wave_phasor::Workload,
                 wave_tasks::Workload>;

}  // namespace an::workloads
