// SPDX-License-Identifier: BSD-3-Clause
// Trials as elements of SLURM arrays. An element runs several trials on one loaded network and is numbered by
// the first of them. Ids of a cluster's arrays end at its MaxArraySize, so larger numbers go to further
// arrays of the same script, which gets the difference as its argument.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace striate::slurm {

struct ArrayElement {
  std::size_t number = 0;
  std::vector<std::size_t> trials;  ///< their indices in the paradigm
};

/// Cuts the trials, in order, into elements of at most `per_element`.
std::vector<ArrayElement> pack_trials(std::span<const std::size_t> trials, std::size_t per_element);

struct ArrayPart {
  std::size_t offset = 0;  ///< element number - offset = array id
  std::vector<std::size_t> ids;
};

/// At least one part unless `elements` is empty; every id is below `max_array_size`. Elements ascend.
std::vector<ArrayPart> array_parts(std::span<const ArrayElement> elements, std::size_t max_array_size);

/// The value of --array: "0-79", "0,4,8%10".
std::string array_text(const ArrayPart& part, int throttle);

}  // namespace striate::slurm
