// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/command.hpp"
#include "core/log.hpp"
#include "io/generation/output_lock.hpp"
#include "lgn/stimuli/synthetic_images.hpp"

namespace striate::cli {
namespace po = boost::program_options;

core::ExitCode run_images(const Arguments& arguments, const core::Comm& world) {
  constexpr const char* usage = "striate images FILE.h5 [options]";
  Interface interface {
    .usage = usage,
    .description =
        "Makes pictures whose amplitude falls with spatial frequency f as 1/f, as that of natural scenes: a "
        "stand-in\n"
        "for images that are not at hand. Dataset \"images\" (count x rows x columns, float32), contrast -1 "
        "to 1.",
    .options = {}, .positional = {
      "file"
    }
  };
  interface.options.add_options()  //
      ("count", po::value<std::int64_t>()->default_value(118)->value_name("N"), "number of pictures")  //
      ("rows", po::value<std::int64_t>()->default_value(80)->value_name("N"), "pixels (a degree each)")  //
      ("columns", po::value<std::int64_t>()->default_value(120)->value_name("N"), "pixels")  //
      ("seed", po::value<std::int64_t>()->default_value(0)->value_name("S"), "random seed")  //
      ("force", "replace FILE.h5 if it is there");
  const auto values = parse(interface, arguments, world);
  if (!values) return core::ExitCode::done;
  const auto number = [&](const char* name, std::int64_t least, std::int64_t most) {
    const auto value = (*values)[name].as<std::int64_t>();
    if (value < least || value > most)
      throw core::UsageError("invalid --{} {} ({} to {})", name, value, least, most);
    return static_cast<std::size_t>(value);
  };
  const lgn::ImageSet set{.count = number("count", 1, 1'000'000),
                          .rows = number("rows", 2, 10'000),
                          .columns = number("columns", 2, 10'000),
                          .seed = number("seed", 0, std::numeric_limits<std::int64_t>::max())};
  const std::filesystem::path file = (*values)["file"].as<std::vector<std::string>>().front();
  if (file.extension() != ".h5" && file.extension() != ".hdf5")
    throw core::UsageError("invalid file {} (its name must end in .h5: 'striate lgn' reads it by that)",
                           file);
  const auto lock = io::lock_file(file, world);
  if (world.is_root()) {
    // At the places that paradigms name, users' own images may lie.
    if (std::error_code ignored; values->count("force") == 0 && std::filesystem::exists(file, ignored))
      throw core::ConfigError("{} exists (its images would be lost) give --force or another name", file);
    lgn::write_synthetic_images(set, file);
  }
  world.barrier();
  core::log::info("{} pictures of {} x {} pixels in {}", set.count, set.rows, set.columns, file);
  return core::ExitCode::done;
}

}  // namespace striate::cli
