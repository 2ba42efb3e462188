// SPDX-License-Identifier: BSD-3-Clause
// How selectively core cells respond to natural images shown many times: lifetime sparsity over the images'
// mean rates, and the mean rate; both by cell type and against recordings.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "metrics/analyses/images/image_responses.hpp"
#include "metrics/base/output.hpp"
#include "metrics/pooling/network_samples.hpp"

namespace striate::metrics {

/// What is averaged: responses to the same image, or those in the same slot whatever was shown, of the slots
/// as many as there are images (as the reference does).
enum class ImageAverage { label, position };
/// The same runs with the number of the slot in place of the image's.
ImageProtocol by_position(const ImageProtocol& protocol);

struct ImageResponse {
  double selectivity = 0;  ///< sparsity over images; NaN without spikes
  double by_thresholds = 0;  ///< threshold_selectivity(), that of the recordings
  double rate = 0;  ///< Hz, mean over images and repetitions
  double sum = 0, squares = 0;  ///< of the mean rates to all images
};
/// sums: spikes for each image in all its presentations. Throws FormatError when an image is never shown.
ImageResponse image_response(std::span<const Count> sums, std::span<const std::size_t> times_shown,
                             double slot_s);

struct ImagesRequest {
  std::filesystem::path base;
  std::string option;
  std::filesystem::path output_directory;
  std::optional<std::filesystem::path> cache_directory;  ///< for the rates in every slot
  ImageProtocol protocol;
  ImageAverage average = ImageAverage::label;
  std::optional<std::filesystem::path> recordings;  ///< a row per unit: cell_type, image_selectivity
  int resamples = usual_resamples;
  CoreRule core;
  bool numpy = false;  ///< rates_core.npy and labels_core.npy besides, in the cache directory
};

/// Of responses to images: the columns that the tables of units and of types share with the recordings'.
Table image_unit_table(const std::string& network, const std::string& option, const Cells& cells,
                       const std::vector<ImageResponse>& responses);
/// By type; population_sparsity is that of all cells' mean rates to all `images` pooled.
Table image_type_table(const std::string& option, const Cells& cells,
                       const std::vector<ImageResponse>& responses, std::size_t images);

/// Writes selectivity_model_by_unit_OPT.csv and selectivity_model_by_type_OPT.csv; image_similarity_OPT.csv
/// with recordings; rates_core.h5 and meta_core.csv in the cache directory. Collective.
std::vector<std::filesystem::path> make_images(const ImagesRequest& request, const core::Comm& comm);

inline constexpr core::Patterns images_files{{"{tables}/selectivity_model_by_unit_{option}.csv",
                                              "{tables}/selectivity_model_by_type_{option}.csv",
                                              "{cache}/rates_core.h5", "{cache}/meta_core.csv"}};
inline constexpr core::MoreFiles images_in_numpy{
    .option = "format", .value = "npy", .writes = {{"{cache}/rates_core.npy", "{cache}/labels_core.npy"}}};
inline constexpr core::Option images_alone[] = {
    {.name = "average",
     .type = core::Option::Type::word,
     .value = "label|position",
     .help = "over presentations of the same label, or at the same position as the reference"},
    {.name = "cache",
     .type = core::Option::Type::word,
     .value = "yes|no",
     .help = "write the rates in every slot",
     .moves_files = true},
    {.name = "networks",
     .value = "DIR",
     .help = "average over further networks, whose selectivity_model_by_type_OPT.csv exists: "
             "image_networks_OPT.csv; with --reference also image_similarity_OPT_N_networks.csv, of the "
             "cells of all",
     .excludes = "run",
     .takes = core::Option::Takes::several},
    options::described(options::reference,
                       "recorded units (cell_type, image_selectivity, firing_rate(Hz)) to compare with: "
                       "image_similarity_OPT.csv"),
    options::needing(options::resamples, "reference"),
    options::needing(options::format("h5|npy"), "cache=yes")};
inline constexpr auto images_options =
    core::joined(options::observatory_core, options::image_protocol, images_alone);
std::vector<std::filesystem::path> run_images(const core::Call& call, const core::Comm& world);

}  // namespace striate::metrics
