// SPDX-License-Identifier: BSD-3-Clause
// A file of reference numbers for training: a small network, its inputs, targets, and what a plain float64
// implementation makes of them (tests/data/training/README.md has the layout).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "io/hdf5/h5.hpp"
#include "training/losses/losses.hpp"

namespace striate::test {

class ReferenceFile {
 public:
  ReferenceFile();  ///< STRIATE_TRAIN_REFERENCE, or the small one of the repository

  std::vector<double> numbers(const std::string& dataset) const;  ///< of any shape, flat
  std::vector<std::string> strings(const std::string& dataset) const;
  double attribute(const std::string& object, const std::string& name) const;
  bool has(const std::string& dataset) const { return io::h5::is_dataset(file_, dataset); }
  std::vector<std::uint64_t> shape(const std::string& dataset) const {
    return io::h5::dataset_info(file_, dataset).shape;
  }
  std::vector<std::string> children(const std::string& group) const { return io::h5::children(file_, group); }

  std::size_t trials() const { return shape("input/bkg_counts")[0]; }
  std::size_t steps() const { return shape("input/bkg_counts")[1]; }
  std::uint32_t cells() const { return static_cast<std::uint32_t>(shape("network/cell/lam")[0]); }

 private:
  io::h5::File file_;
};

/// The network of the file, its synapses onto the cells of one rank.
training::CircuitParts reference_parts(const ReferenceFile& file, const training::Ranks& ranks);
training::Inputs reference_inputs(const ReferenceFile& file);
training::Objective reference_objective(const ReferenceFile& file);
template <class Real>
training::State<Real> reference_state(const ReferenceFile& file, const training::Circuit<Real>& circuit,
                                      const training::Ranks& ranks);
training::GradientOptions reference_gradient_options(const ReferenceFile& file, const std::string& variant);

}  // namespace striate::test
