// SPDX-License-Identifier: BSD-3-Clause
// Writing a column of 256 MiB. Question: is it worth going past HDF5 and the page cache? (decision 0005)
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "io/hdf5/direct_file.hpp"
#include "io/hdf5/h5.hpp"

namespace h5 = striate::io::h5;

namespace {

constexpr std::uint64_t rows = 1 << 25;
constexpr std::uint64_t block = 1 << 19;

std::filesystem::path file_name() {
  return std::filesystem::temp_directory_path() / ("striate_benchmark_" + std::to_string(getpid()) + ".h5");
}

h5::File make_file() {
  auto file = h5::File::create(file_name(), {}, 1 << 16);
  const std::uint64_t shape[] = {rows};
  h5::create_dataset<std::uint64_t>(file, "/a", shape);
  return file;
}

void finish(benchmark::State& state) {
  std::filesystem::remove(file_name());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(rows * 8));
}

void column_by_hdf5(benchmark::State& state) {
  std::vector<std::uint64_t> buffer(block);
  for (auto _ : state) {
    auto file = make_file();
    for (std::uint64_t first = 0; first < rows; first += block) {
      std::fill(buffer.begin(), buffer.end(), first);
      h5::write_rows<std::uint64_t>(file, "/a", first, buffer);
    }
    file.close();
  }
  finish(state);
}
BENCHMARK(column_by_hdf5)->Unit(benchmark::kMillisecond)->UseRealTime();

void column_directly(benchmark::State& state) {
  for (auto _ : state) {
    auto file = make_file();
    const auto offset = h5::contiguous_offset(file, "/a");
    file.close();
    striate::io::DirectFile out(file_name());
    out.write<std::uint64_t>(offset, rows, [](std::uint64_t first, std::span<std::uint64_t> values) {
      std::fill(values.begin(), values.end(), first);
    });
    striate::io::write_ragged(out.path(), out.close());
  }
  finish(state);
}
BENCHMARK(column_directly)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
