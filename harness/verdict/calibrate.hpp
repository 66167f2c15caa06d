// `harness calibrate`: measures on this machine what the gate's verdicts are worth. Equal arms say
// how often it would cry wolf, an arm that is slower by a known amount whether it would notice,
// and arms that are not frozen whether it notices when it is being fooled.
//
// The slow arm is the same executable at a larger size, of a workload whose size is the length of
// a task's body and not the number of tasks (spin_tree). So the slowdown is where one in earnest
// would be: in every task, on every worker.
//
// Called from the conducting thread.
#pragma once

#include <functional>

#include "harness/conductor/catalogue.hpp"
#include "harness/conductor/run.hpp"
#include "harness/verdict/calibration.hpp"

namespace an::harness {

// Measures the cells that `request` selects, without baselines, into request.out, which exists and
// is empty; the trap into its subfolder trap/. plan.turns is request.turns. A cell that fails is in
// the outcome with its status. Throws an::Error as run_sweep does. Units, of A/A: arms R, C and R';
// with an injection also S, the slow one.
CalibrationOutcome calibrate(const RunRequest& request,
                             const CalibrationPlan& plan,
                             const Catalogue& catalogue,
                             RunObserver& observer);

}  // namespace an::harness
