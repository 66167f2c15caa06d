/* Threads that are started together and stopped together. The protocol: core/pool/README.md,
   "Starting" and "Stopping".

   Sources (what event_count.pml has stands there):
     Main start     core/pool/worker_threads.cpp, WorkerThreads::start: (P3)
     Thread         the lambda in WorkerThreads::start, with (P2) before the body
     Thread body    tests/core/pool/worker_threads_test.cpp, StopWhileParking, with a job: Crew::work
     Main stop      WorkerThreads::stop: (P1); its wake_all is Parking::notify_all of
                    core/pool/parking.cpp, as Crew::~Crew has it; joining is Thread::join
     count_down     core/sync/latch.hpp, Latch::count_down: (L1); latch_wait: Latch::wait: (L3)

   THREADS threads, any of which may fail to be created or to be pinned. A job may be published
   before stop, which meets threads that look, announce, sleep, run the job, or wake up. */

#define NO_HEAVY_BARRIER 1
#define STATE_BEFORE_COUNT 2
#define WITHDRAW_BY_STORE 10
#define CLAIM_BY_STORE 11
#define JOINS_CHOSEN_FOR_TASKS 8
#define TOKEN_BY_STORE 9
#define SEARCH_LEAVES_ONE_OUT 12
#define LOOK_IGNORES_FLAG 21
#define WAKE_BEFORE_FLAG 22
#define STOP_WAKES_ONE 23
#define STOP_WITHOUT_JOIN 24
#define FLAG_AFTER_LATCH 25
#define MISSING_NOT_COUNTED 26
#define NO_SECOND_LATCH 27
#define NO_FIRST_LATCH 28
#define LATCH_WAKES_ONE 29
#define LATCH_SLEEPS_BLINDLY 30
#define NO_FLAG 31
#ifndef MUTANT
#define MUTANT 0
#endif
#ifndef SPURIOUS
#define SPURIOUS 1
#endif

#define THREADS 2
#define WAITERS THREADS
#define PLACES 2            /* what Main stores late */
#define FLAG 0
#define JOB 1
#define ROUND 4
/* Both are Main's: whatever it releases comes after them. */
#define FLUSH_OWN(me) FLUSH(0); FLUSH(1)

#include "event_count.pml"

#define STOPPING (memory[FLAG] != 0)    /* (P2) */
#define QUEUED (memory[JOB] != taken)

byte taken;
byte arrived = THREADS;     /* the two latches */
byte released = 1;
bool at_arrived;            /* Main sleeps at the first */
bool at_released[THREADS];
bool created[THREADS], pinned[THREADS], failed[THREADS], gone[THREADS], was_in_body[THREADS];
bool stopped;               /* stop has returned */
bool refused;               /* start has thrown */
bool finished;

inline arrived_count_down() {
  atomic {                                          /* (L1) */
    assert(arrived > 0);
    arrived--;
    last = (arrived == 0)
  };
  if
  :: last -> at_arrived = false                     /* futex_wake */
  :: else
  fi;
  last = false
}

inline leave(self) {
  atomic {
    assert(!(was_in_body[self] && refused));
    gone[self] = true
  }
}

proctype Thread(byte self) {
  bool last, found;
  SLEEPER_LOCALS;
  if
  :: pinned[self] = true
  :: failed[self] = true
  fi;
  arrived_count_down();
#if MUTANT != NO_SECOND_LATCH
  do                                                /* released.wait */
  :: released == 0 -> break                         /* (L3) */
  :: released != 0 ->
#if MUTANT == LATCH_SLEEPS_BLINDLY
     at_released[self] = true;
#else
     atomic {                                       /* futex_wait */
       if
       :: released != 0 -> at_released[self] = true
       :: else
       fi
     };
#endif
     !at_released[self]
  od;
#endif
  if
  :: STOPPING
  :: !STOPPING ->
     /* body */
     atomic { assert(!stopped); was_in_body[self] = true };
     do
     :: STOPPING -> break
     :: !STOPPING ->
        atomic {
          found = QUEUED;
          if
          :: found -> taken++
          :: else
          fi
        };
        if
        :: found ->
           assert(!stopped && !refused);            /* busy: runs the job to its end */
           found = false
        :: else ->
           announce(self, ANY_WORK);
#if MUTANT == LOOK_IGNORES_FLAG
           found = QUEUED;
#else
           found = STOPPING;
           if
           :: !found -> found = QUEUED
           :: else
           fi;
#endif
           if
           :: found -> found = false; withdraw(self)
           :: else -> sleep(self)
           fi;
           slept = false
        fi;
        assert(!stopped)
     od
  fi;
  leave(self)
}

#define IS_GONE(i) (!created[i] || gone[i])
#define ALL_GONE (IS_GONE(0) && IS_GONE(1))

inline join_all() {
  IS_GONE(0);
  IS_GONE(1)
}

inline stop() {
#if MUTANT != WAKE_BEFORE_FLAG && MUTANT != NO_FLAG
  late[FLAG] = 1 - memory[FLAG];                    /* (P1) */
#endif
  do                                                /* notify_all */
  :: waiting != 0 ->                                /* (E3) */
     claim_one(0, OWN_EVENT);
     if
     :: chosen != NOBODY -> unpark(0)
     :: else -> break
     fi
#if MUTANT == STOP_WAKES_ONE
     ; break
#endif
  :: waiting == 0 -> break                          /* (E3) */
  od;
#if MUTANT == WAKE_BEFORE_FLAG
  late[FLAG] = 1 - memory[FLAG];
#endif
#if MUTANT != STOP_WITHOUT_JOIN
  join_all();
#endif
  stopped = true;
  assert(ALL_GONE)
}

active proctype Main() {
  byte id;
  bool failure, last;
  byte rounds;
  NOTIFIER_LOCALS;
  /* start */
  do
  :: id < THREADS && !failure ->
     if
     :: atomic { created[id] = true; run Thread(id) }; id++
     :: failure = true
     fi
  :: else -> break
  od;
#if MUTANT != MISSING_NOT_COUNTED
  do
  :: id < THREADS -> arrived_count_down(); id++
  :: else -> break
  od;
#endif
#if MUTANT != NO_FIRST_LATCH
  do                                                /* arrived.wait */
  :: arrived == 0 -> break                          /* (L3) */
  :: atomic { arrived != 0 -> id = arrived };
     atomic {                                       /* futex_wait */
       if
       :: arrived == id -> at_arrived = true
       :: else
       fi
     };
     !at_arrived
  od;
#endif
  id = 0;
  failure = failure || failed[0] || failed[1];
#if MUTANT != FLAG_AFTER_LATCH
  if
  :: failure -> late[FLAG] = 1                      /* (P3) */
  :: else
  fi;
#endif
  atomic { FLUSH_OWN(0); released = 0 };            /* (L1) */
#if MUTANT == LATCH_WAKES_ONE
  if
  :: at_released[0] -> at_released[0] = false
  :: else -> at_released[1] = false
  fi;
#else
  atomic { at_released[0] = false; at_released[1] = false };
#endif
#if MUTANT == FLAG_AFTER_LATCH
  if
  :: failure -> late[FLAG] = 1
  :: else
  fi;
#endif
  if
  :: failure ->
     join_all();
     refused = true;
     assert(ALL_GONE && !was_in_body[0] && !was_in_body[1])
  :: else ->
     assert(created[0] && created[1] && pinned[0] && pinned[1]);
     if
     :: late[JOB] = 1;                              /* a job, and one wake-up */
        if
        :: waiting != 0 ->                          /* (E3) */
           claim_one(0, ANY_WORK);
           if
           :: chosen != NOBODY -> unpark(0)
           :: else
           fi
        :: else
        fi
     :: skip
     fi;
     /* stop, twice */
     do
     :: rounds < 2 -> stop(); rounds++
     :: else -> break
     od
  fi;
  finished = true
}

/* Whatever fails and whenever stop comes: start and stop return, and every thread ends. */
ltl all_end { <> (finished && ALL_GONE) }
