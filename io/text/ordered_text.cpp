// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/ordered_text.hpp"

#include <algorithm>
#include <vector>

namespace striate::io {
namespace {

/// What root holds at once of the text of all ranks.
constexpr std::size_t gathered_bytes = 4u << 20;

}  // namespace

OrderedText::OrderedText(const std::filesystem::path& path, const core::Comm& comm) : comm_(comm) {
  if (comm_.is_root()) file_.emplace(path);
}

void OrderedText::append(std::string_view own) {
  const auto sizes = comm_.all_gather(own.size());
  const std::size_t piece = std::max<std::size_t>(gathered_bytes / sizes.size(), 4096);
  std::vector<std::uint64_t> offsets;
  for (const auto size : sizes) {
    offsets.push_back(end_);
    end_ += size;
  }
  const std::size_t longest = *std::ranges::max_element(sizes);
  std::vector<std::size_t> counts(sizes.size(), 0);
  for (std::size_t done = 0; done < longest; done += piece) {
    const auto mine = own.substr(std::min(done, own.size()), piece);
    counts[0] = mine.size();
    const auto gathered = comm_.all_to_all_v<char>(mine, counts);
    if (!comm_.is_root()) continue;
    std::string_view rest(gathered.items.data(), gathered.items.size());
    for (std::size_t rank = 0; rank < sizes.size(); ++rank) {
      file_->write_at(offsets[rank] + done, rest.substr(0, gathered.counts[rank]));
      rest.remove_prefix(gathered.counts[rank]);
    }
  }
}

void OrderedText::close() {
  if (file_) file_->close();
}

}  // namespace striate::io
