"""The parts of the benchmark: servers, workloads, drivers, report."""
