// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include "io/check/check_files.hpp"
#include "io/hdf5/h5.hpp"

namespace striate::io {
namespace {

using core::Problems;
using core::RowProblems;

struct Shape {
  std::uint64_t samples, elements;
};

Shape table_shape(const h5::File& file, const std::string& dataset) {
  const auto info = h5::dataset_info(file, dataset);
  if (info.shape.size() != 2 || info.type != h5::TypeClass::floating)
    throw core::FormatError("wrong type or shape of {}:{} (needed are floats, samples by elements)",
                            file.path(), dataset);
  return {info.shape[0], info.shape[1]};
}

void check_values(const h5::File& file, const std::string& dataset, const Shape& shape, Problems& problems) {
  const auto where = fmt::format("{}:{}", file.path(), dataset);
  RowProblems bad(problems, where);
  const auto rows = std::max<std::uint64_t>(1, check_slab_rows / std::max<std::uint64_t>(1, shape.elements));
  for (std::uint64_t first = 0; first < shape.samples; first += rows) {
    const auto values = h5::read_table_rows<double>(file, dataset, shape.elements, first,
                                                    std::min(rows, shape.samples - first));
    for (std::size_t i = 0; i < values.size(); ++i)
      if (!std::isfinite(values[i]))
        bad.add("value {} in sample {} element {} of {} (must be finite)", values[i],
                first + i / shape.elements, i % shape.elements, where);
  }
}

void check_mapping(const h5::File& file, const std::string& mapping, const Shape& shape, Problems& problems) {
  core::attempt(&problems, [&] {
    const auto time = h5::read<double>(file, mapping + "/time");
    if (time.size() != 3 || !(time[2] > 0) ||
        !std::ranges::all_of(time, [](double t) { return std::isfinite(t); }))
      throw core::FormatError("wrong {}:{}/time (needed are first, last and a positive interval, ms)",
                              file.path(), mapping);
    const double steps = (time[1] - time[0]) / time[2];
    const auto samples = static_cast<double>(shape.samples);
    // Ends may be inside (BMTK) or outside (libsonata).
    if (std::abs(steps - samples) > 0.5 && std::abs(steps + 1 - samples) > 0.5)
      throw core::FormatError("{}:{}/time speaks of {} intervals (data has {} samples)", file.path(), mapping,
                              steps, shape.samples);
  });
  core::attempt(&problems, [&] {
    const auto ids = h5::read<std::int64_t>(file, mapping + "/node_ids");
    const bool libsonata = h5::is_dataset(file, mapping + "/index_pointers");
    const auto name = mapping + (libsonata ? "/index_pointers" : "/index_pointer");
    const auto pointers = h5::read<std::int64_t>(file, name);
    const bool right = pointers.size() == ids.size() + 1 && std::ranges::is_sorted(pointers) &&
                       pointers.front() == 0 && static_cast<std::uint64_t>(pointers.back()) == shape.elements;
    if (!right)
      throw core::FormatError(
          "wrong {}:{} (must ascend from 0 to the {} elements of data, one more than the {} nodes)",
          file.path(), name, shape.elements, ids.size());
  });
}

void check_population(const h5::File& file, const std::string& root, Problems& problems) {
  core::attempt(&problems, [&] {
    const auto shape = table_shape(file, root + "/data");
    check_mapping(file, root + "/mapping", shape, problems);
    for (const auto& name : h5::children(file, root)) {
      const std::string dataset = root + "/" + name;
      if (!h5::is_dataset(file, dataset)) continue;
      core::attempt(&problems, [&] {
        const auto own = table_shape(file, dataset);
        if (own.samples != shape.samples || own.elements != shape.elements)
          throw core::FormatError("wrong shape of {}:{} ({} x {}, data has {} x {})", file.path(), dataset,
                                  own.samples, own.elements, shape.samples, shape.elements);
        check_values(file, dataset, own, problems);
      });
    }
  });
}

}  // namespace

void check_report_file(const std::filesystem::path& path, Problems& problems) {
  core::attempt(&problems, [&] {
    const auto file = h5::File::open(path);
    const auto names = h5::children(file, "/report");
    if (names.empty()) throw core::FormatError("{}:/report holds no population", path);
    for (const auto& name : names)
      if (h5::is_group(file, "/report/" + name)) check_population(file, "/report/" + name, problems);
  });
}

}  // namespace striate::io
