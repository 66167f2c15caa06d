//! Each workload once, serially: the right answer, and one that was corrupted.

use super::*;
use crate::table::Problem;
use crate::vocabulary::Serial;

const SEED: u64 = 7;

/// The kernel's answer has the expected digest; what `corrupt` makes of it has another.
fn check<P: Problem>(
    n: i64,
    run: impl Fn(&mut P::Input) -> P::Answer,
    corrupt: impl Fn(&mut P::Input, &mut P::Answer),
) {
    let mut input = P::prepare(n, SEED);
    for _ in 0..2 {
        P::reset(&mut input);
        let mut answer = run(&mut input);
        assert_eq!(P::digest(&input, &answer), P::expected(&input), "{}", P::ABOUT.name);
        corrupt(&mut input, &mut answer);
        assert_ne!(P::digest(&input, &answer), P::expected(&input), "{}", P::ABOUT.name);
    }
}

#[test]
fn fib_objects_to_a_wrong_answer() {
    check::<fib::Fib>(17, |n| fib::fib_of(Serial, *n as u64), |_, answer| *answer += 1);
}

#[test]
fn integrate_objects_to_a_wrong_answer() {
    check::<integrate::Integrate>(
        40,
        |input| integrate::whole_area(Serial, input.n),
        |_, area| *area *= 1.0 + 1e-12,
    );
}

#[test]
fn knapsack_objects_to_a_wrong_value() {
    for n in [1, 5, 18] {
        check::<knapsack::Knapsack>(n, |input| input.search(Serial), |_, found| *found += 1);
    }
}

#[test]
fn matmul_objects_to_a_wrong_element() {
    for n in [1, 33, 100] {
        check::<matmul::Matmul>(n, |input| input.multiply(Serial), |input, _| *input.c.at_mut(0, 0) += 1.0);
    }
}

#[test]
fn strassen_objects_to_a_wrong_element() {
    for n in [1, 64, 150, 300] {
        check::<strassen::Strassen>(
            n,
            |input| input.multiply(Serial),
            |input, _| *input.c.at_mut(0, 0) += 1.0,
        );
    }
}

#[test]
fn mergesort_objects_to_a_wrong_order_and_to_a_lost_key() {
    let sort = |input: &mut mergesort::Input| input.sort(Serial);
    check::<mergesort::Mergesort>(3000, sort, |input, _| input.keys.swap(10, 11));
    check::<mergesort::Mergesort>(3000, sort, |input, _| input.keys[10] = input.keys[11]);
}

#[test]
fn noop_batch_objects_to_a_task_lost_and_to_one_run_twice() {
    let run = |runs: &mut Vec<u8>| runs.iter_mut().for_each(noop_batch::touch);
    check::<noop_batch::NoopBatch>(100, run, |runs, _| runs[50] = 0);
    check::<noop_batch::NoopBatch>(100, run, |runs, _| runs[50] = 2);
}

#[test]
fn nqueens_objects_to_a_wrong_answer() {
    for n in 1..=9 {
        check::<nqueens::NQueens>(n, |input| nqueens::solutions(Serial, input.n), |_, answer| *answer += 1);
    }
}

#[test]
fn skynet_objects_to_a_wrong_answer() {
    check::<skynet::Skynet>(1000, |leaves| skynet::sum_of(Serial, 0, *leaves), |_, answer| *answer += 1);
}

#[test]
fn tree_sum_objects_to_a_wrong_answer() {
    for n in [1, 2, 100, 1023] {
        check::<tree_sum::TreeSum>(n, |input| input.sum(Serial), |_, answer| *answer ^= 1);
    }
}

#[test]
fn uts_objects_to_a_lost_node() {
    for n in [1, 100, 3987] {
        check::<uts::Uts>(n, |sample| uts::count(Serial, &sample.tree), |_, count| count.nodes -= 1);
    }
}
