-- wrk: a token renewal, as proofload sends it.
wrk.method = "GET"
wrk.path = "/api/v1/renewToken"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_TOKEN")
