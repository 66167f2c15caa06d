/* Workers that look for work, announce, look again, withdraw or sleep, and hand on; and notifiers
   that publish to them. The protocol: core/sync/README.md, "The sleep protocol".

   Sources (what event_count.pml has stands there):
     Publisher        schedulers/stealing/crew.hpp, Crew::published_task, published_fork and inject:
                      store, (E3), core/pool/parking.cpp, Parking::wake_one
     Completer        core/pool/parking.cpp, Parking::notify, called by whoever completes a stolen
                      branch (Interest::kOwnEvent)
     Worker           Crew::wait_for_work, with Crew::work or Crew::await around it
       find           Search::find_foreign, find_branch; a steal that loses its race finds nothing
       announced      Parking::park, reason_to_stay: done() and visible() once more
       leave          the end of Crew::wait_for_work; hand_on is Crew::hand_on

   A place is a queue (memory: its end; taken: its beginning) or the event of the blocked join.

   Shapes (-DSHAPE=n):
     BATCH     3 workers; a batch of 3 tasks, one wake-up; tasks never end
     PAIR      2 workers; two publishers of one task each; tasks never end
     JOIN      a worker and a blocked join; a fork, and the join's own event; no task ends
     FOREVER   2 workers; one task after the other, for ever, each of which ends
     ASIDE     a worker and a blocked join, which would take no task; a task */

#define BATCH 1
#define PAIR 2
#define JOIN 3
#define FOREVER 4
#define ASIDE 5
#ifndef SHAPE
#define SHAPE BATCH
#endif

#define NO_HEAVY_BARRIER 1
#define STATE_BEFORE_COUNT 2
#define NO_SECOND_LOOK 3
#define NO_HAND_ON 4
#define HAND_ON_IF_NOTHING_FOUND 5
#define HAND_ON_IF_SOMETHING_FOUND 6
#define WAKE_BEFORE_PUBLISH 7
#define JOINS_CHOSEN_FOR_TASKS 8
#define TOKEN_BY_STORE 9
#define WITHDRAW_BY_STORE 10
#define CLAIM_BY_STORE 11
#define SEARCH_LEAVES_ONE_OUT 12
#define FORGETS_THE_DEBT 13
#ifndef MUTANT
#define MUTANT 0
#endif

#ifndef SPURIOUS
#define SPURIOUS 1
#endif

#if SHAPE == BATCH
#define WAITERS 3
#define PLACES 1
#define ITEMS 3
#elif SHAPE == PAIR
#define WAITERS 2
#define PLACES 2
#define ITEMS 1
#elif SHAPE == JOIN
#define WAITERS 2
#define PLACES 2
#define ITEMS 1
#else
#define WAITERS 2
#define PLACES 1
#define ITEMS 1
#endif
#if SHAPE == FOREVER
#define ROUND 2
#else
#define ROUND 4
#endif
/* Workers have no late stores of their own: their place is NOWHERE. */
#define NOWHERE 9
#define FLUSH_OWN(me) if :: me < PLACES -> FLUSH(me) :: else fi

#include "event_count.pml"

byte taken[PLACES];

#define JOINER 1             /* in JOIN and ASIDE */
#define EVENT 1              /* in JOIN: a place that is no queue */
#if SHAPE == JOIN
#define QUEUES 1
#define KIND(q) FORKS
#define LEAST FORKS
#define IS_DONE (interest == FORKS && memory[EVENT] != 0)
#else
#define QUEUES PLACES
#define KIND(q) ANY_WORK
#define LEAST ANY_WORK
#define IS_DONE false
#endif
#if SHAPE == JOIN || SHAPE == ASIDE
#define INTEREST(i) (i == JOINER -> FORKS : ANY_WORK)
#else
#define INTEREST(i) ANY_WORK
#endif

#define VISIBLE(q) (memory[q] != taken[q])
#define WANTED(q) (VISIBLE(q) && KIND(q) <= interest)

inline scan() {  /* found: whether something can be seen */
  q = 0;
  found = IS_DONE;
  do
  :: q < QUEUES && !found -> found = WANTED(q); q++
  :: else -> break
  od;
  q = 0
}

proctype Worker(byte me; byte interest) {
  byte q;
  byte begin;
  byte kind;
  bool found, was_chosen;
  SLEEPER_LOCALS;
  NOTIFIER_LOCALS;
again:
  do
  :: IS_DONE -> break
  :: !IS_DONE ->
     /* find */
     q = 0;
     do
     :: q < QUEUES && !found ->
        begin = taken[q];
        if
        :: WANTED(q) ->
           atomic {
             if
             :: taken[q] == begin && VISIBLE(q) -> taken[q] = (taken[q] + 1) % ROUND; found = true
             :: else
             fi
           }
        :: else
        fi;
        q++
     :: else -> break
     od;
     atomic { q = 0; begin = 0 };
     if
     :: found -> break
     :: else
     fi;
     /* The sources look once more before they announce (visible()): thrift, left out here. */
     announce(me, interest);
     /* announced */
#if MUTANT != NO_SECOND_LOOK
     scan();
#endif
     if
#if MUTANT == FORGETS_THE_DEBT
     :: found -> found = false; withdraw(me); was_chosen = slept
#else
     :: found -> found = false; withdraw(me); was_chosen = was_chosen || slept
#endif
     :: else -> sleep(me); was_chosen = true
     fi;
     slept = false
  od;
  /* leave */
#if MUTANT == NO_HAND_ON
  was_chosen = false;
#elif MUTANT == HAND_ON_IF_NOTHING_FOUND
  was_chosen = was_chosen && !found;
#elif MUTANT == HAND_ON_IF_SOMETHING_FOUND
  was_chosen = was_chosen && found;
#endif
  if
  :: was_chosen && waiting != 0 ->                  /* (E3) */
     kind = LEAST;
     do
     :: kind <= ANY_WORK ->
        found = false;
        q = 0;
        do
        :: q < QUEUES && !found -> found = (VISIBLE(q) && KIND(q) == kind); q++
        :: else -> break
        od;
        q = 0;
        if
        :: found && waiting != 0 ->                 /* (E3) */
           claim_one(NOWHERE, kind);
           if
           :: chosen != NOBODY -> unpark(NOWHERE)
           :: else
           fi
        :: else
        fi;
        kind++
     :: else -> break
     od
  :: else
  fi;
  atomic { was_chosen = false; found = false; kind = 0; chosen = 0 };
#if SHAPE == FOREVER
  goto again
#else
end_busy:
  false                                             /* the task never ends */
#endif
}

inline publish(me, count, kind) {
#if MUTANT != WAKE_BEFORE_PUBLISH
  late[me] = count;
#endif
  if
  :: waiting != 0 ->                                /* (E3) */
     claim_one(me, kind);
     if
     :: chosen != NOBODY -> unpark(me)
     :: else
     fi
  :: else
  fi;
#if MUTANT == WAKE_BEFORE_PUBLISH
  late[me] = count;
#endif
  chosen = 0
}

proctype Publisher(byte me; byte kind) {
  NOTIFIER_LOCALS;
#if SHAPE == FOREVER
end_full:
  do
  :: late[me] == 0 && !VISIBLE(me) -> publish(me, ITEMS, kind)
  od
#else
  publish(me, ITEMS, kind)
#endif
}

#if SHAPE == JOIN
proctype Completer() {
  NOTIFIER_LOCALS;
  chosen = NOBODY;
  late[EVENT] = 1;
  if
  :: waiting != 0 ->                                /* (E3) */
     claim(EVENT, JOINER, OWN_EVENT);
     if
     :: chosen != NOBODY -> unpark(EVENT)
     :: else
     fi
  :: else
  fi
}
#endif

init {
  atomic {
    run Worker(0, INTEREST(0));
    run Worker(1, INTEREST(1));
#if WAITERS > 2
    run Worker(2, INTEREST(2));
#endif
    run Publisher(0, KIND(0));
#if QUEUES > 1
    run Publisher(1, KIND(1));
#endif
#if SHAPE == JOIN
    run Completer();
#endif
  }
}

/* Somebody sleeps beside what it would take. */
#if QUEUES == 1
#define QUEUED VISIBLE(0)
#else
#define QUEUED (VISIBLE(0) || VISIBLE(1))
#endif
#if SHAPE == JOIN
#define BESIDE ((sleeps[0] && QUEUED) || (sleeps[JOINER] && (QUEUED || memory[EVENT] != 0)))
#elif SHAPE == ASIDE
#define BESIDE (sleeps[0] && QUEUED)
#elif WAITERS == 2
#define BESIDE ((sleeps[0] || sleeps[1]) && QUEUED)
#else
#define BESIDE ((sleeps[0] || sleeps[1] || sleeps[2]) && QUEUED)
#endif

/* No lost wake-up: when nothing can happen any more, nobody sleeps beside work. */
active proctype Observer() {
end:
  timeout -> assert(!BESIDE)
}

/* Work that is queued is taken. In JOIN a worker may stand in an endless task beside a fork. */
#if SHAPE != JOIN
ltl queued_is_taken { [] (QUEUED -> <> !QUEUED) }
#endif
/* Nobody sleeps beside work for good. */
ltl nobody_sleeps_beside { [] (BESIDE -> <> !BESIDE) }
