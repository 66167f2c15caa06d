/* What both models share: the event count, the driver, and stores that are late.

   Sources:
     announce       core/sync/event_count.cpp, EventCount::announce: (E1), (E0), (E2)
     withdraw       same file, EventCount::withdraw: (E7), and accept when it fails
     anyone_waits   core/sync/event_count.hpp, EventCount::anyone_waits: (E3)
     claim          core/sync/event_count.cpp, EventCount::claim: (E5)
     claim_one      same file, claim_slow over core/sync/sleepers.hpp, Sleepers::choose (any order, I1)
     unpark         core/pool/futex_driver.cpp, FutexDriver::unpark: (K2), core/base/futex.hpp, futex_wake
     sleep          core/pool/parking.hpp, the loop in Parking::park: (E6), accept;
                    core/pool/futex_driver.cpp, FutexDriver::park: (K1), (K3), (K4), futex_wait

   Late stores: a notifier's store to place x (an item, an event, the stop flag) goes to late[x]; it
   reaches memory[x] when Memory gets to it, or at (E2), or when the notifier itself releases. So a
   notifier's load of the counter may come before its store. All else is sequentially consistent.

   Whoever includes this defines WAITERS, PLACES, ROUND (places count up to it), MUTANT, SPURIOUS
   (-1: as often as it likes) and FLUSH_OWN(me), and has the locals of NOTIFIER_LOCALS and, if it sleeps, SLEEPER_LOCALS. */

#define AWAKE 0     /* states, and between them the interests: EventCount, Interest */
#define OWN_EVENT 1
#define FORKS 2
#define ANY_WORK 3
#define NOTIFIED 4

#define NONE 0      /* FutexDriver::Token */
#define LEFT 1
#define ASLEEP 2

#define NOBODY 15

short waiting;          /* waiting_ */
byte state[WAITERS];    /* states_ */
byte token[WAITERS];    /* tokens_ */
bool kernel[WAITERS];   /* in the kernel's queue for its token */
bool sleeps[WAITERS];   /* in the loop of Parking::park; for the properties only */
short spurious = SPURIOUS;

byte late[PLACES];      /* stored, not yet in memory */
byte memory[PLACES];

#define FLUSH(x) memory[x] = (memory[x] + late[x]) % ROUND; late[x] = 0
#define NOTIFIER_LOCALS byte w, tried, chosen
#if MUTANT == SEARCH_LEAVES_ONE_OUT
#define ASKED (WAITERS - 1)
#else
#define ASKED WAITERS
#endif
#define SLEEPER_LOCALS bool slept

/* I1 of event_count.hpp. */
#define IS_WAITING(i) (state[i] != AWAKE && state[i] != NOTIFIED)
#if WAITERS == 2
#define COUNTED (waiting >= IS_WAITING(0) + IS_WAITING(1))
#else
#define COUNTED (waiting >= IS_WAITING(0) + IS_WAITING(1) + IS_WAITING(2))
#endif
#ifdef NO_INVARIANT
#define CHECK_COUNT skip
#else
#define CHECK_COUNT assert(COUNTED)
#endif

/* What is late arrives. */
active proctype Memory() {
end:
  do
  :: atomic { late[0] != 0 -> FLUSH(0) }
#if PLACES > 1
  :: atomic { late[1] != 0 -> FLUSH(1) }
#endif
#if PLACES > 2
  :: atomic { late[2] != 0 -> FLUSH(2) }
#endif
  od
}

inline heavy_barrier() {
#if MUTANT != NO_HEAVY_BARRIER
  atomic { FLUSH(0) };  /* every running thread is interrupted, one after the other */
#if PLACES > 1
  atomic { FLUSH(1) };
#endif
#if PLACES > 2
  atomic { FLUSH(2) };
#endif
#endif
  skip
}

inline announce(self, interest) {
#if MUTANT == STATE_BEFORE_COUNT
  atomic { state[self] = interest; CHECK_COUNT };
  waiting++;
#else
  waiting++;                                        /* (E1) */
  atomic { state[self] = interest; CHECK_COUNT };   /* (E0) */
#endif
  heavy_barrier()                                   /* (E2) */
}

/* slept: whether a notifier had chosen self */
inline withdraw(self) {
#if MUTANT == WITHDRAW_BY_STORE
  state[self] = AWAKE;
  slept = false;
  atomic { waiting--; CHECK_COUNT };
#else
  atomic {                                          /* (E7) */
    slept = (state[self] == NOTIFIED);
    state[self] = AWAKE                             /* or accept */
  };
  if
  :: !slept -> atomic { waiting--; CHECK_COUNT }
  :: else
  fi;
#endif
}

#if MUTANT == JOINS_CHOSEN_FOR_TASKS
#define WOULD_TAKE(i, least) IS_WAITING(i)
#else
#define WOULD_TAKE(i, least) (IS_WAITING(i) && state[i] >= least)
#endif

/* Waiter i for `least`; chosen = i if that succeeds. */
inline claim(me, i, least) {
#if MUTANT == CLAIM_BY_STORE
  if
  :: WOULD_TAKE(i, least) -> atomic { FLUSH_OWN(me); state[i] = NOTIFIED; chosen = i }
  :: else
  fi;
#else
  atomic {                                          /* (E5) */
    if
    :: WOULD_TAKE(i, least) -> FLUSH_OWN(me); state[i] = NOTIFIED; chosen = i
    :: else
    fi
  };
#endif
  if
  :: chosen == i -> atomic { waiting--; CHECK_COUNT }
  :: else
  fi
}

/* Asks every waiter, from anyone on around, until one can be had. */
inline claim_one(me, least) {
  chosen = NOBODY;
  tried = 0;
  if
  :: w = 0
  :: w = 1
#if WAITERS > 2
  :: w = 2
#endif
  fi;
  do
  :: chosen == NOBODY && tried < ASKED ->
     claim(me, w, least);
     atomic { tried++; w = (w + 1) % WAITERS }
  :: else -> break
  od;
  atomic { w = 0; tried = 0 }
}

/* Ends the sleep of `chosen`. That futex_wake may come later is one of the spurious returns. */
inline unpark(me) {
  atomic {                                          /* (K2) */
    FLUSH_OWN(me);
    if
    :: token[chosen] == ASLEEP -> kernel[chosen] = false
    :: else
    fi;
    token[chosen] = LEFT;
    chosen = NOBODY
  }
}

/* Until self is notified. A process may rest for good at end_asleep. */
inline sleep(self) {
  sleeps[self] = true;
  do
  :: atomic { state[self] == NOTIFIED ->            /* (E6), accept */
       state[self] = AWAKE; sleeps[self] = false } -> break
  :: state[self] != NOTIFIED ->
#if MUTANT == TOKEN_BY_STORE
     slept = (token[self] == NONE);
     if
     :: slept -> token[self] = ASLEEP
     :: else
     fi;
#else
     atomic {                                       /* (K1) */
       slept = (token[self] == NONE);
       if
       :: slept -> token[self] = ASLEEP
       :: else
       fi
     };
#endif
     do
     :: slept ->
        atomic {                                    /* (K3) and futex_wait's own comparison */
          if
          :: token[self] == ASLEEP -> kernel[self] = true
          :: else -> slept = false
          fi
        };
end_asleep:
        if
        :: !kernel[self]
        :: atomic { kernel[self] && spurious != 0 -> kernel[self] = false;
             if
             :: spurious > 0 -> spurious--
             :: else
             fi }
        fi
     :: !slept -> break
     od;
     token[self] = NONE                             /* (K4) */
  od
}
