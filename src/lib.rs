//! proofload: the proof load for deployments of the eConnect Identities REST API. This is the map of the house.
//!
//! # Who may import whom
//!
//! An engine is a crate, so that Cargo holds the arrows, and results stand apart from their renderings:
//!
//! ```text
//! src (this crate) ─> reports ─────────────────┐
//!    ├─> help, options, live, advice, exit     │
//!    └─> gate, capacity, fleet                 │
//!           └─> conformance, load, survey      │      they do not know each other
//!                  └─> probing; wire (load)    │
//!                         └─> deployment ───────┼─> results ─> contract
//!    gate-statistics, capacity-search ─────────┘             mock-server ─> contract
//! ```
//!
//! | crate | what it is |
//! |---|---|
//! | `contract` | the API as data: one `OpenAPI` document with permissions, rules, and the source of every fact |
//! | `results` | every result and record as types, and how they stand on disk |
//! | `deployment` | a deployment to work on: its configuration, trust, accounts, client and sessions; quantities and how they are written |
//! | `probing` | what every check is made of: requests and answers, findings, accounts, and the one way to send |
//! | `conformance` | probes by operations by accounts, each a case with a verdict |
//! | `conformance-snapshots` | how a deployment answered before, held against how it answers now |
//! | `wire` | HTTP of the hot path: connections of virtual users, over HTTP/1.1 and HTTP/2, whatever a server does to them |
//! | `load` | a scenario's arrivals, made by virtual users, measured into histograms |
//! | `capacity`, `capacity-search` | load runs at one rate after the other until the limit is known; the search itself, which is pure |
//! | `gate`, `gate-statistics` | a baseline (which the gate keeps, too) and a candidate; the statistics that hold them against each other, which are pure |
//! | `fleet` | shards of one load on a Kubernetes cluster: started together, collected as they go, judged once |
//! | `advice` | what to do about it, worded in the options that a command has |
//! | `exit` | the table of exit codes, and which verdict has which |
//! | `help` | what the command line tells whoever types it: groups of options, other tools' words, manual pages |
//! | `options` | what options hold, as people write it; options that are handed on as they were typed |
//! | `live` | what is served to whoever watches a run go on |
//! | `watch` | the figures of the machines under test, read off their exporters beside a load, and what of them was at its limit |
//! | `survey` | a first look at a deployment: what stands there, who may do what, and the configuration that says so |
//! | `reports` | renderings of results, behind one trait: console, HTML, `JUnit`, Markdown, JSON, CSV |
//! | `mock-server` | an Identities server of our own, written by hand from the facts and not from what conformance expects |
//!
//! Engines never print, never read arguments or the environment, never end the process, and do not know the names of options: a
//! result carries a typed reason, and `advice` words what can be done about it. `reports`, `results`, `contract` and `mock-server`
//! import no engine.
//!
//! # How it hangs together
//!
//! [`cli`] reads the command line, one file for each command. `cli/shared` is what they all go through: groups of options with
//! one reader for each kind of value (`arguments`, `values`); the target, chosen, announced, allowed, and seen to answer
//! (`target_options`, `session`); signals and progress (`signals`, `progress_lines`, `watchers`); the record, the files and
//! stdout (`output`, `format`, `finish`); which exit code a failure has (`failures`) and which a verdict (`exit_of`). A command
//! that is added takes these and adds its engine. `exit` is the table of exit codes.
//!
//! An engine takes plain types, tells an observer how it goes (`results::events`), and returns a result, which has been judged
//! once. Renderings show it and judge nothing.
//!
//! # Words that are ours
//!
//! | word | what it means |
//! |---|---|
//! | accepted deviation | a case that fails, for which somebody answers until a date |
//! | arrival | one journey that falls due; in an open workload whether or not anybody is free for it |
//! | block, pair | a second or so of load on one of two deployments; one block on each, in random order |
//! | bracket | the two rates between which the capacity lies |
//! | case | an operation by a probe by an account, with a stable id such as `publish/tampered-signature` |
//! | control call | a call with a good token before and after the bad ones, so that a lost session is not taken for a defect |
//! | dossier | what `certify` leaves to be signed, sealed with a hash over the records it rests on |
//! | drift | of answers: they differ from their snapshots; of a run: it grows slower from its beginning to its end |
//! | due, sent, done | when a call should begin, when it began, when its last byte came |
//! | objective | what must hold, such as `publish.p99 < 250ms`; also SLO |
//! | preflight | the first call, which says whether there is an Identities server at that address |
//! | probe | what is tried on an operation: a good token, an expired one, an account without the permission |
//! | record | the run directory of a load run, written second by second; the documents of the other commands |
//! | response time, service time | from due to done; from sent to done |
//! | scenario | a workload in a file: journeys of steps, their arrivals, their objectives |
//! | shard | the share of a load that one of several machines makes |
//! | step | of a journey: one operation; of a search: one load run at one rate |

pub mod cli;
pub use proofload_exit as exit;
